import { describe, expect, it } from 'vitest';

import type { CaptureInterface } from '../../src/capture/capture-reader.js';
import type { CaptureCounts, CaptureState } from '../../src/capture/live-capture.js';
import { bundled } from '../support/run-weir.js';
import { isUsable, namespaceTrouble, scenario } from '../support/live.js';

if (namespaceTrouble !== null) console.warn(`live capture is not tested: ${namespaceTrouble}`);

/** A packet as a scenario read it. */
interface Packet {
  readonly octets: string;
  readonly wire: number;
  readonly timeUs: number;
  readonly timeNs: number;
  readonly link: number;
  readonly interface: number;
}

/** What a scenario tells of a capture. */
interface Captured {
  readonly packets: readonly Packet[];
  readonly counts: CaptureCounts;
  readonly linkType: number;
  readonly ifIndex: number;
  readonly state: CaptureState;
  readonly rows: readonly CaptureInterface[];
}

interface Same {
  readonly sent: readonly string[];
  readonly first: number;
  readonly last: number;
  readonly results: Readonly<Record<string, Captured>>;
}

interface Any {
  readonly results: Readonly<Record<string, Captured>>;
  readonly v0: number;
  readonly v1: number;
}

const usable = namespaceTrouble === null ? ['afpacket', 'libpcap', 'pcap', 'cap'].filter(isUsable) : [];
const rings = usable.includes('afpacket') ? ['afpacket', 'copy'] : [];
const own = usable.filter((name) => name === 'afpacket' || name === 'libpcap');

describe.skipIf(usable.length === 0)('packets of a live capture', () => {
  it('are those that were sent, by every back-end', async () => {
    const backends = [...rings, ...usable.filter((name) => name !== 'afpacket')];
    const { sent, first, last, results } = await scenario<Same>('packets', 'same', {
      backends,
      file: bundled('demo.pcap'),
    });
    expect(Object.keys(results)).toEqual(backends);
    for (const backend of backends) {
      const { packets, counts, linkType, ifIndex, state, rows } = results[backend];
      expect(packets.map(({ octets }) => octets)).toEqual(sent);
      expect(packets.map(({ wire }) => wire)).toEqual(sent.map((octets) => octets.length / 2));
      expect(counts).toEqual({ received: sent.length, droppedByKernel: 0, droppedByInterface: 0, freezes: 0 });
      expect({ linkType, state, rows }).toEqual({
        linkType: 1,
        state: { kind: 'up', message: '' },
        rows: [{ name: 'v1', linkType: 1, input: 'v1', id: ifIndex }],
      });
      const times = packets.map(({ timeUs }) => timeUs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      // The sender's clock is read just before each packet leaves; cap stamps when it gets round to it.
      expect(times[0]).toBeGreaterThanOrEqual(first * 1e6 - 1);
      if (backend !== 'cap') expect(times.at(-1)).toBeLessThan(last * 1e6 + 100_000);
      expect(packets.every(({ link, timeNs }) => link === 1 && timeNs >= 0 && timeNs < 1_000)).toBe(true);
    }
  });

  it('have the same nanoseconds by ring and libpcap', async () => {
    const backends = [...rings, ...own.filter((name) => name === 'libpcap')];
    const { results } = await scenario<Same>('packets', 'same', { backends, file: bundled('demo.pcap') });
    for (const backend of backends) {
      expect(results[backend].packets.some(({ timeNs }) => timeNs !== 0)).toBe(true);
    }
  });

  it('are cut at the snap length and keep their length on the wire', async () => {
    const backends = [...rings, ...own.filter((name) => name === 'libpcap')];
    const { sent, results } = await scenario<{ sent: string[]; results: Record<string, Packet[]> }>(
      'packets',
      'snapLength',
      { backends },
    );
    for (const backend of backends) {
      const packets = results[backend];
      expect(packets.map(({ octets }) => octets)).toEqual(sent.map((octets) => octets.slice(0, 200)));
      expect(packets.map(({ wire }) => wire)).toEqual(sent.map((octets) => octets.length / 2));
    }
  });

  it('are those that the filter takes, tagged ones too', async () => {
    const expressions = {
      udp: [0, 1, 3],
      vlan: [1, 2],
      'vlan and udp': [1],
      'vlan 101 and vlan 100': [2],
      'not vlan': [0, 3, 4],
      ip6: [3],
      arp: [4],
      'port 5000': [1],
      'greater 60': [3],
    };
    const backends = own.includes('libpcap') ? own : [];
    const results = await scenario('packets', 'filters', { backends, expressions: Object.keys(expressions) });
    const expected = backends.flatMap((backend) =>
      Object.entries(expressions).map(([expression, frames]) => [`${backend}: ${expression}`, frames]),
    );
    expect(results).toEqual(Object.fromEntries(expected));
  });
});

describe.skipIf(!own.includes('libpcap'))('a filter', () => {
  it('can be changed; a wrong one leaves the former in force', async () => {
    interface Step {
      readonly filter: string | null;
      readonly trouble: string | null;
      readonly frames: readonly number[];
    }
    const results = await scenario<Record<string, Step[]>>('packets', 'changedFilter', { backends: own });
    for (const backend of own) {
      const steps = results[backend];
      expect(steps.map(({ frames }) => frames)).toEqual([[0], [1], [1], [0, 1]]);
      expect(steps.filter(({ trouble }) => trouble !== null)).toEqual([steps[2]]);
      expect(steps[2].trouble).toMatch(/syntax error/);
    }
  });
});

describe.skipIf(rings.length === 0)('any', () => {
  it('tells the interface of each packet, and shows those over lo once', async () => {
    const { results, v0, v1 } = await scenario<Any>('packets', 'any', { backends: rings });
    for (const backend of rings) {
      const { packets, rows, linkType } = results[backend];
      expect(linkType).toBe(276);
      expect(packets.map((packet) => rows[packet.interface].name)).toEqual(['v0', 'v1', 'lo']);
      expect(rows.map(({ id }) => id)).toEqual([v0, v1, 1]);
      // Cooked header: protocol, interface index; the tag stands behind it.
      for (const packet of packets.slice(0, 2)) {
        expect(packet.octets.slice(0, 4)).toBe('8100');
        expect(packet.octets.slice(40, 52)).toBe('006408004500');
      }
      expect(packets[2].octets.slice(0, 4)).toBe('0800');
    }
  });

  it.skipIf(!usable.includes('libpcap'))('takes filters on packets that have no link header', async () => {
    const backends = ['afpacket'];
    for (const [filter, expected] of [
      ['udp', ['v1', 'lo']],
      ['host 127.0.0.1', ['lo']],
      ['ip6', []],
    ] as const) {
      const { results } = await scenario<Any>('packets', 'any', { backends, filter });
      const { packets, rows } = results.afpacket;
      expect(packets.map((packet) => rows[packet.interface].name)).toEqual(expected);
    }
  });

  it('is not needed for lo, whose packets come once as well', async () => {
    const expected = Object.fromEntries(usable.map((backend) => [backend, 1]));
    expect(await scenario('packets', 'loopback', { backends: usable })).toEqual(expected);
  });
});

describe.skipIf(rings.length === 0)('two captures of a fanout group', () => {
  it('share the packets, with both directions and all fragments of an address pair together', async () => {
    const { sent, shares } = await scenario<{ sent: string[]; shares: string[][] }>('packets', 'fanout', {
      pairs: 100,
    });
    expect(shares.flat().sort()).toEqual([...sent].sort());
    const [first, second] = shares.map((frames) => new Set(frames.map(addressesOf)));
    expect([...first].filter((pair) => second.has(pair))).toEqual([]);
    expect(Math.min(shares[0].length, shares[1].length)).toBeGreaterThan(sent.length / 5);
  });
});

/** The address pair of a frame, whatever tags it has, the smaller first. */
function addressesOf(frame: string): string {
  const ip = frame.replace(/^.{24}((8100|88a8).{4})*(0800|86dd)/, '');
  const addresses = ip.startsWith('4') ? ip.slice(24, 40) : ip.slice(16, 80);
  const half = addresses.length / 2;
  return [addresses.slice(0, half), addresses.slice(half)].sort().join(' ');
}
