import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createHashSeed, shareOfWorker, workerOf } from '../../../src/decode/flow-key.js';
import { batchOf, decodeBatch } from '../../support/decode.js';
import { ethernet, vlan } from '../../support/link-frames.js';
import { addressText } from '../../support/octets.js';
import { icmp, ipv4, ipv6, type Piece, sctp, tcp, udp } from '../../support/packets.js';
import { gre } from '../../support/tunnels.js';

const address4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(addressText);
const address6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(addressText);
const port = fc.nat(65_535);

function hashes(pieces: readonly Piece[], seed = 7): number[] {
  const { decoded } = decodeBatch(batchOf(pieces), { seed: createHashSeed(seed) });
  return Array.from(decoded.hash.subarray(0, decoded.count));
}

describe('the hash of a flow key', () => {
  it.each([
    ['IPv4', address4, ipv4],
    ['IPv6', address6, ipv6],
  ] as const)('is the same in both directions: %s', (_, address, ip) => {
    fc.assert(
      fc.property(address, address, port, port, fc.constantFrom(tcp, udp, sctp), (src, dst, sport, dport, over) => {
        const there = ethernet(vlan(5, ip({ src, dst }, over({ sport, dport }))));
        const back = ethernet(vlan(5, ip({ src: dst, dst: src }, over({ sport: dport, dport: sport }))));
        const [a, b] = hashes([there, back]);
        expect(a).toBe(b);
      }),
    );
  });

  it('takes type and code of ICMP as they are in either direction', () => {
    const [request, same, answer] = hashes([
      ethernet(ipv4({ src: '10.0.0.1', dst: '10.0.0.2' }, icmp(8, 0))),
      ethernet(ipv4({ src: '10.0.0.2', dst: '10.0.0.1' }, icmp(8, 0))),
      ethernet(ipv4({ src: '10.0.0.2', dst: '10.0.0.1' }, icmp(0, 0))),
    ]);
    expect(same).toBe(request);
    expect(answer).not.toBe(request);
  });

  it('depends on all of the key and on the seed', () => {
    const plain = ethernet(ipv4({}, tcp()));
    const others = [
      ethernet(ipv4({ src: '10.0.0.9' }, tcp())),
      ethernet(ipv4({ dst: '10.0.0.9' }, tcp())),
      ethernet(ipv4({}, tcp({ sport: 1 }))),
      ethernet(ipv4({}, tcp({ dport: 1 }))),
      ethernet(ipv4({ protocol: 132 }, tcp())),
      ethernet(vlan(1, ipv4({}, tcp()))),
      ethernet(vlan(1, vlan(1, ipv4({}, tcp())))),
      ethernet(vlan(1, vlan(1, vlan(1, ipv4({}, tcp()))))),
      ethernet(ipv4({}, gre({}, ipv4({}, tcp())))),
      ethernet(ipv4({}, gre({ key: 1 }, ipv4({}, tcp())))),
      ethernet(ipv6({ src: '::10.0.0.1', dst: '::10.0.0.2' }, tcp())),
    ];
    expect(new Set(hashes([plain, ...others])).size).toBe(1 + others.length);
    expect(hashes([plain], 8)).not.toEqual(hashes([plain], 7));
  });

  it('spreads thirty thousand flows evenly', () => {
    const pieces = Array.from({ length: 30_000 }, (_, i) =>
      ethernet(ipv4({ src: `10.${i >>> 16}.${(i >>> 8) & 255}.${i & 255}` }, tcp())),
    );
    const buckets = new Uint32Array(256);
    for (const hash of hashes(pieces)) buckets[hash & 255]++;
    // The mean is 117, the standard deviation of an even spread 11.
    expect(Math.max(...buckets)).toBeLessThan(180);
    expect(Math.min(...buckets)).toBeGreaterThan(60);
  });
});

describe('the worker of an address pair', () => {
  it.each([2, 3, 8])('is one of %i, with less for the first, which does more besides', (workers) => {
    const seed = createHashSeed(3);
    const pairs = 100_000;
    const counts = new Array<number>(workers).fill(0);
    for (let i = 0; i < pairs; i++) counts[workerOf(seed, Math.imul(i, 0x9e3779b1), workers)]++;
    expect(counts).toHaveLength(workers);
    const shares = counts.map((_, worker) => shareOfWorker(worker, workers));
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 9);
    expect(shares[0]).toBeLessThan(shares[1]);
    counts.forEach((count, worker) => expect(Math.abs(count / pairs / shares[worker] - 1)).toBeLessThan(0.05));
  });
});
