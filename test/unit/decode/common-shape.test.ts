import path from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PacketBatch } from '../../../src/capture/packet-batch.js';
import { BatchDecoder } from '../../../src/decode/decode-batch.js';
import type { DecodeOptions } from '../../../src/decode/decode-settings.js';
import { DecodedBatch } from '../../../src/decode/decoded-batch.js';
import { bundledCaptures, capturesIn, eachBatch, sharedFolder } from '../../support/captures.js';
import { batchOf, settingsOf, wholeRow } from '../../support/decode.js';
import { ethernet, vlan } from '../../support/link-frames.js';
import { join, zeros } from '../../support/octets.js';
import { data, extension, icmp, ipv4, ipv6, type Piece, tcp, udp } from '../../support/packets.js';

/** Decodes every batch in the straight line and by the general walk, and compares all that the two say. */
class TwoWays {
  packets = 0;
  private readonly straight: BatchDecoder;
  private readonly general: BatchDecoder;
  private readonly rows = [new DecodedBatch(256), new DecodedBatch(256)] as const;

  constructor(options: DecodeOptions = {}) {
    this.straight = new BatchDecoder(settingsOf(options));
    this.general = new BatchDecoder(settingsOf({ ...options, commonShape: false }));
  }

  compare(batch: PacketBatch, where: string): void {
    const [a, b] = this.rows;
    this.straight.decode(batch, 0, batch.count, a);
    this.general.decode(batch, 0, batch.count, b);
    this.packets += batch.count;
    for (let n = 0; n < a.count && n < b.count; n++) {
      if (same(a, b, n)) continue;
      const start = batch.offset[a.row[n]];
      expect(wholeRow(a, n, start), `${where}, packet ${batch.firstNumber + a.row[n]}`).toEqual(wholeRow(b, n, start));
    }
    expect([a.count, a.fragments, a.latestUs], where).toEqual([b.count, b.fragments, b.latestUs]);
  }

  compareCounters(): void {
    expect(this.straight.counters).toEqual(this.general.counters);
  }
}

/** The columns that differ soonest, so that only rows that do differ are put into words. */
function same(a: DecodedBatch, b: DecodedBatch, n: number): boolean {
  const columns = [
    'row',
    'hash',
    'facts',
    'lengthTtl',
    'service',
    'linkOffset',
    'transportOffset',
    'end',
    'payloadLength',
  ] as const;
  if (!columns.every((column) => a[column][n] === b[column][n])) return false;
  if (a.timeUs[n] !== b.timeUs[n] || a.timeNs[n] !== b.timeNs[n]) return false;
  const words = a.key[n * 16 + 9] & 0x200 ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] : [0, 4, 8, 9, 10, 11];
  return words.every((word) => a.key[n * 16 + word] === b.key[n * 16 + word]);
}

const port = fc.oneof(fc.constantFrom(53, 443, 2152, 3544, 4789, 6081, 6635), fc.nat(65_535));
const payload = fc.nat(40).map((octets) => data(octets));
const transport: fc.Arbitrary<Piece> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(port, port, fc.nat(0xfff), fc.option(fc.nat(15)), payload)
      .map(([sport, dport, flags, words, body]) =>
        tcp({ sport, dport, flags, ...(words === null ? {} : { words }) }, body),
      ),
  },
  { weight: 3, arbitrary: fc.tuple(port, port, payload).map(([sport, dport, body]) => udp({ sport, dport }, body)) },
  fc.constant(icmp(8, 0)),
  payload,
);
const length = fc.option(fc.oneof(fc.nat(80), fc.nat(65_535)), { nil: undefined });
const network: fc.Arbitrary<Piece> = fc.oneof(
  fc
    .record({
      tos: fc.nat(255),
      ttl: fc.nat(255),
      fragment: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 0x4000, 0x8000) }, fc.nat(65_535)),
      words: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, fc.nat(15)),
      version: fc.oneof({ weight: 9, arbitrary: fc.constant(4) }, fc.nat(15)),
      length,
    })
    .chain((options) => transport.map((piece) => ipv4(defined(options), piece))),
  fc
    .record({ trafficClass: fc.nat(255), hopLimit: fc.nat(255), flowLabel: fc.nat(0xfffff), length })
    .chain((options) => transport.map((piece) => ipv6(defined(options), piece))),
  transport.map((piece) => ipv6({}, extension(0, piece))),
);
const frame = fc
  .tuple(network, fc.array(fc.nat(65_535), { maxLength: 2 }), fc.nat(20), fc.nat(130), fc.constantFrom(0x8100, 0x88a8))
  .map(([packet, tags, padding, cut, tpid]) => {
    const tagged = tags.reduce<Piece>((piece, tag) => vlan(tag & 0xfff, piece, { priority: tag >>> 13, tpid }), packet);
    const octets = join(ethernet(tagged).octets, zeros(padding).fill(0x11));
    return cut < 100 ? { octets: octets.subarray(0, cut), wire: octets.length } : { octets };
  });

function defined<T extends object>(options: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

/** The first packet of a batch passes a tick of the clock and takes the general walk: a packet of no interest. */
const leader = { octets: ethernet(ipv4()).octets };

describe('the straight line for the common shape says what the general walk says', () => {
  it('of random frames', () => {
    const ways = [new TwoWays(), new TwoWays({ decap: [], vlanInKey: false, interfaceInKey: true })];
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 8 }), fc.nat(255), (frames, filler) => {
        const batch = batchOf([leader, ...frames], { gap: 3, filler });
        batch.interface.fill(7);
        for (const way of ways) way.compare(batch, 'random');
      }),
      { numRuns: 2_000 },
    );
    for (const way of ways) way.compareCounters();
  }, 60_000);

  it('of the bundled captures', async () => {
    const packets = await compareCaptures(bundledCaptures());
    expect(packets).toBeGreaterThan(3_000);
  });

  const shared = ['flows', 'dpi'].map((name) => sharedFolder(path.join(name, 'captures')));
  const folders = shared.filter((folder) => folder !== null);
  if (folders.length === 0) console.log('skipped: comparing on real captures needs ../shared/pcaps');
  it.skipIf(folders.length === 0)(
    'of real captures',
    async () => {
      const packets = await compareCaptures(folders.flatMap(capturesIn));
      expect(packets).toBeGreaterThan(100_000);
    },
    60_000,
  );
});

async function compareCaptures(files: readonly string[]): Promise<number> {
  const ways = new TwoWays();
  for (const file of files) await eachBatch(file, (batch) => ways.compare(batch, path.basename(file)));
  ways.compareCounters();
  return ways.packets;
}
