import { describe, expect, it } from 'vitest';

import { PacketBatch } from '../../../src/capture/packet-batch.js';
import { DuplicateFilter } from '../../../src/decode/duplicate-filter.js';
import { createHashSeed } from '../../../src/decode/flow-key.js';
import { batchOf, type Frame, SEED } from '../../support/decode.js';
import { ethernet, vlan } from '../../support/link-frames.js';
import { data, ipv4, type Ipv4Options, ipv6, type Ipv6Options, type Piece, tcp, udp } from '../../support/packets.js';

const WINDOW_US = 1_000;
const SLL2 = 276;

/** How many of the packets, a microsecond after the other, are left out. */
function duplicates(...frames: (Piece | Frame)[]): number {
  const batch = batchOf(frames);
  return new DuplicateFilter(WINDOW_US, SEED).apply(batch);
}

const packet = (options: Ipv4Options = {}, payload: Piece = udp({}, data(100))): Piece =>
  ethernet(ipv4(options, payload));
const packet6 = (options: Ipv6Options = {}, payload: Piece = udp({}, data(100))): Piece =>
  ethernet(ipv6(options, payload));

describe('a packet counts as a duplicate', () => {
  it('when all is the same', () => {
    expect(duplicates(packet(), packet())).toBe(1);
    expect(duplicates(packet(), packet(), packet())).toBe(2);
    expect(duplicates(packet6(), packet6())).toBe(1);
  });

  it('when only that differs which a hop changes', () => {
    expect(duplicates(packet({ ttl: 64 }), packet({ ttl: 63 }))).toBe(1);
    expect(duplicates(packet({ tos: 0 }), packet({ tos: 0xb8 }))).toBe(1);
    expect(duplicates(packet6({ hopLimit: 64 }), packet6({ hopLimit: 63 }))).toBe(1);
    expect(duplicates(packet6({ trafficClass: 0 }), packet6({ trafficClass: 3 }))).toBe(1);
  });

  it('when it has other tags, or another link type', () => {
    const inside = ipv4({}, udp({}, data(100)));
    expect(duplicates(ethernet(inside), ethernet(vlan(7, inside)))).toBe(1);
    expect(duplicates(ethernet(vlan(7, inside)), ethernet(vlan(8, vlan(9, inside))))).toBe(1);
    const cooked = new Uint8Array([8, 0, ...new Uint8Array(18), ...inside.octets]);
    expect(duplicates(ethernet(inside), { octets: cooked, link: SLL2 })).toBe(1);
  });

  it('when it was padded on the way', () => {
    const short = packet({}, udp({}, data(2)));
    const padded = { octets: new Uint8Array([...short.octets, 1, 2, 3, 4]) };
    expect(duplicates(short, padded)).toBe(1);
  });

  it('when it comes before the first in time, within the window', () => {
    const batch = batchOf([packet(), packet()]);
    batch.timeUs[1] = batch.timeUs[0] - WINDOW_US;
    expect(new DuplicateFilter(WINDOW_US).apply(batch)).toBe(1);
  });
});

describe('a packet counts as one of its own', () => {
  const differing: readonly (readonly [string, Piece, Piece])[] = [
    ['identification', packet({ identification: 1 }), packet({ identification: 2 })],
    ['source', packet({ src: '10.0.0.1' }), packet({ src: '10.0.0.3' })],
    ['destination', packet({ dst: '10.0.0.1' }), packet({ dst: '10.0.0.3' })],
    ['direction', packet({ src: '10.0.0.1', dst: '10.0.0.2' }), packet({ src: '10.0.0.2', dst: '10.0.0.1' })],
    ['fragment', packet({ fragment: 0x2000 }), packet({ fragment: 0 })],
    ['protocol', packet({ protocol: 17 }), packet({ protocol: 136 })],
    ['ports', packet({}, udp({ dport: 53 })), packet({}, udp({ dport: 54 }))],
    ['length', packet({}, udp({}, data(100))), packet({}, udp({}, data(101)))],
    ['sequence number', packet({}, tcp({ sequence: 1 })), packet({}, tcp({ sequence: 2 }))],
    ['flow label', packet6({ flowLabel: 1 }), packet6({ flowLabel: 2 })],
    ['address of IPv6', packet6({ src: 'fd00::1' }), packet6({ src: 'fd00::1:0:0:1' })],
    [
      'payload',
      packet({}, udp({}, data(new Uint8Array([1, 2, 3])))),
      packet({}, udp({}, data(new Uint8Array([1, 2, 4])))),
    ],
  ];

  it.each(differing)('when the %s differs', (_, a, b) => {
    expect(duplicates(a, b)).toBe(0);
  });

  it('when it is no IP, or has no whole IP header', () => {
    const arp = ethernet(data(28), 0x0806);
    expect(duplicates(arp, arp)).toBe(0);
    const cut = { octets: packet().octets.slice(0, 30) };
    expect(duplicates(cut, cut)).toBe(0);
  });

  it('when the window is over; it begins with the packet that was kept', () => {
    const times = [0, 600, 1_000, 1_001, 1_900, 2_001];
    const batch = batchOf(times.map(() => packet()));
    times.forEach((time, i) => (batch.timeUs[i] = 1e15 + time));
    expect(new DuplicateFilter(WINDOW_US).apply(batch)).toBe(4);
    expect([...batch.timeUs.slice(0, batch.count)]).toEqual([1e15, 1e15 + 1_001]);
    expect(batch.latestUs).toBe(1e15 + 1_001);
  });
});

describe('the table', () => {
  it('remembers over batches, whatever their size', () => {
    const filter = new DuplicateFilter(WINDOW_US);
    expect(filter.apply(batchOf([packet()]))).toBe(0);
    expect(filter.apply(batchOf([packet({ identification: 9 }), packet(), packet()]))).toBe(2);
    expect(filter.apply(new PacketBatch())).toBe(0);
  });

  it('finds nearly all of 200,000 packets within one window that come a second time', () => {
    const filter = new DuplicateFilter(1_000_000, createHashSeed(3));
    const many = batchOf([packet()]);
    const count = 200_000;
    let found = 0;
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < count; i++) {
        many.count = 1;
        many.view.setUint16(many.offset[0] + 18, i & 0xffff);
        many.view.setUint16(many.offset[0] + 26, i >>> 16);
        found += filter.apply(many);
      }
    }
    expect(found).toBeGreaterThan(count * 0.99);
    expect(found).toBeLessThanOrEqual(count);
  });
});
