import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  MICROSECOND_MAGIC,
  MODIFIED_MAGIC,
  NANOSECOND_MAGIC,
  block,
  concat,
  enhancedPacket,
  interfaceDescription,
  obsoletePacket,
  option,
  payload,
  pcap,
  sectionHeader,
  simplePacket,
} from './capture-builder.js';
import { type ReadOptions, type Reading, readOctets } from './reading.js';

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const data = fc
  .tuple(fc.oneof({ weight: 9, arbitrary: fc.nat(200) }, fc.nat(70_000)), fc.nat(255))
  .map(([octets, seed]) => payload(octets, seed));

const pcapCapture = fc
  .record({
    magic: fc.constantFrom(MICROSECOND_MAGIC, NANOSECOND_MAGIC, MODIFIED_MAGIC),
    littleEndian: fc.boolean(),
    linkField: fc.constantFrom(1, 101, 0x2400_0001),
    records: fc.array(fc.record({ seconds: word, subseconds: word, data, wire: word }), { maxLength: 30 }),
  })
  .map(({ records, ...options }) => pcap(records, options));

const anyBlock = (littleEndian: boolean): fc.Arbitrary<Uint8Array> => {
  const packetBlock = fc.record({
    interface: fc.nat(1),
    time: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    data,
    wire: word,
    options: fc.nat(50).map((octets) => option(1, payload(octets), littleEndian)),
  });
  return fc.oneof(
    { weight: 5, arbitrary: packetBlock.map((packet) => enhancedPacket(packet, littleEndian)) },
    packetBlock.map((packet) => obsoletePacket(packet, littleEndian)),
    data.map((octets) => simplePacket(octets, octets.length, littleEndian)),
    data.map((body) => block({ type: 0x0bad, body }, littleEndian)),
    fc.record({ resolution: fc.nat(19), name: fc.string() }).map((it) => interfaceDescription(it, littleEndian)),
  );
};

const pcapngSection = fc
  .boolean()
  .chain((littleEndian) =>
    fc
      .array(anyBlock(littleEndian), { maxLength: 20 })
      .map((blocks) =>
        concat([
          sectionHeader(littleEndian),
          interfaceDescription({ name: 'one' }, littleEndian),
          interfaceDescription({ name: 'two', linkType: 101, resolution: 9 }, littleEndian),
          ...blocks,
        ]),
      ),
  );

const pcapngCapture = fc.array(pcapngSection, { minLength: 1, maxLength: 3 }).map(concat);
const capture = fc.oneof(pcapCapture, pcapngCapture);

/** However a capture may come in and be taken out. */
const manner: fc.Arbitrary<ReadOptions> = fc.record({
  pieces: fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 300_000 })), {
    minLength: 1,
    maxLength: 5,
  }),
  late: fc.boolean(),
  readOctets: fc.integer({ min: 1, max: 262_144 }),
  capacity: fc.integer({ min: 1, max: 300 }),
  mayReadAhead: fc.boolean(),
});

function essence({ packets, fault, oddTimestamps, interfaces }: Reading): unknown {
  return { packets, fault, oddTimestamps, rows: interfaces.rows };
}

describe('a reader', () => {
  it('gives the same packets however the octets come in', async () => {
    await fc.assert(
      fc.asyncProperty(capture, manner, async (octets, options) => {
        const expected = await readOctets(octets);
        expect(expected.fault).toBeNull();
        expect(essence(await readOctets(octets, options))).toEqual(essence(expected));
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('gives the same packets and the same fault for a damaged capture however the octets come in', async () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(capture, damage, fc.nat(), manner, async (octets, changes, cut, options) => {
        const damaged = octets.slice(0, octets.length - (cut % 3 === 0 ? cut % octets.length : 0));
        // The first octets stay, or it would be a file of another kind.
        for (const [at, value] of changes) if (damaged.length > 12) damaged[12 + (at % (damaged.length - 12))] = value;
        if (damaged.length < 12) return;
        const expected = await readOctets(damaged);
        expect(essence(await readOctets(damaged, options))).toEqual(essence(expected));
        if (expected.fault !== null) {
          expect(expected.fault.offset).toBeGreaterThanOrEqual(0);
          expect(expected.fault.offset).toBeLessThanOrEqual(damaged.length);
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('gets to the end of any octets whatever', async () => {
    const begin = fc.constantFrom(pcap([]), concat([sectionHeader(), interfaceDescription()]), sectionHeader(false));
    await fc.assert(
      fc.asyncProperty(begin, fc.uint8Array({ maxLength: 500 }), async (head, rest) => {
        const { packets } = await readOctets(concat([head, rest]));
        expect(packets.length).toBeLessThanOrEqual(rest.length / 16);
      }),
      { numRuns: 300 },
    );
  });
});
