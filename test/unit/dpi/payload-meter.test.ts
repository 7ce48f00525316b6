import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { payloadEntropy } from '../../../src/dpi/entropy.js';
import { PAYLOAD_ELEMENTS } from '../../../src/dpi/payload-elements.js';
import { PayloadBound } from '../../../src/dpi/payload-settings.js';
import { MetadataBound } from '../../../src/dpi/metadata.js';
import { LONGEST_METADATA } from '../../../src/flow/closed-flows.js';
import type { Frame } from '../../support/decode.js';
import { inspectFrames, type InspectedFlow, tcpFrames, udpFrames } from '../../support/inspect.js';

/** Entropy and first octets of payload, against naive ones. */

/** The definition, word for word. */
function naiveEntropy(octets: Uint8Array): number {
  const counts = new Map<number, number>();
  for (const octet of octets) counts.set(octet, (counts.get(octet) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / octets.length);
  return -shares.reduce((sum, share) => sum + share * Math.log2(share), 0);
}

async function measured(frames: readonly Frame[], entropyOctets: number, exportOctets: number): Promise<InspectedFlow> {
  const payload = { entropyOctets, exportOctets, memoryOctets: 1 << 22 };
  const flows = await inspectFrames(frames, { payload, metadata: [] });
  expect(flows).toHaveLength(1);
  return flows[0];
}

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const anyOctets = fc.uint8Array({ minLength: 1, maxLength: 3_000 });

describe('entropy', () => {
  it('is that of the definition', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 2, maxLength: 600 }),
        fc.integer({ min: 1, max: 256 }),
        (octets, kinds) => {
          const some = octets.map((octet) => octet % kinds);
          const given = payloadEntropy(some, 0, some.length);
          const wanted = Math.min(255, naiveEntropy(some) * 32);
          // Cut to a whole number; what is whole up to rounding may be cut either way by the naive sum.
          expect(given).toBeLessThanOrEqual(wanted + 1e-6);
          expect(given).toBeGreaterThan(wanted - 1 - 1e-6);
        },
      ),
    );
  });

  it.each([
    ['nothing', [], 0],
    ['one octet', [7], 0],
    ['the same octets', [7, 7, 7, 7], 0],
    ['two octets', [1, 2], 32],
    ['16 octets', Array.from({ length: 16 }, (_, n) => n), 128],
    ['every octet once', Array.from({ length: 256 }, (_, n) => n), 255],
  ])('of %s', (_, octets, wanted) => {
    expect(payloadEntropy(Uint8Array.from(octets), 0, octets.length)).toBe(wanted);
  });
});

describe('the payload meter', () => {
  it('has bounds that fit the metadata of a row', () => {
    expect(LONGEST_METADATA).toBe(MetadataBound.Flow + PAYLOAD_ELEMENTS.length * (4 + PayloadBound.Octets));
  });

  it('measures both directions of datagrams', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ minLength: 1, maxLength: 300 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        async (datagrams, entropyOctets, exportOctets) => {
          const frames = udpFrames(datagrams.map(([isServer, octets]) => [isServer ? 'server' : 'client', octets]));
          const flow = await measured(frames, entropyOctets, exportOctets);
          const first = datagrams[0][0];
          const of = (isServer: boolean): Buffer =>
            Buffer.concat(datagrams.filter(([server]) => server === isServer).map(([, octets]) => octets));
          const [forward, reverse] = [of(first), of(!first)];
          expect(flow.payload).toBe(hex(forward.subarray(0, exportOctets)));
          expect(flow.reversePayload ?? '').toBe(hex(reverse.subarray(0, exportOctets)));
          if (entropyOctets === 0) {
            expect(flow).not.toHaveProperty('payloadEntropy');
            return;
          }
          const entropy = (octets: Buffer): number => payloadEntropy(octets, 0, Math.min(octets.length, entropyOctets));
          expect(flow.payloadEntropy).toBe(entropy(forward));
          expect(flow.reversePayloadEntropy ?? 0).toBe(entropy(reverse));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has octets of TCP in order, whatever order and however often segments come', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyOctets,
        fc.integer({ min: 50, max: 900 }),
        fc.integer({ min: 1, max: PayloadBound.Octets }),
        fc.array(fc.nat(30), { maxLength: 6 }),
        async (octets, segment, exportOctets, swaps) => {
          const frames = tcpFrames([['client', octets]], { segment });
          const data = frames.slice(3);
          // Neighbours change places, and some segments come twice.
          for (const place of swaps) {
            const n = place % data.length;
            const other = (n + 1) % data.length;
            [data[n], data[other]] = [data[other], data[n]];
          }
          const again = swaps.map((place) => data[place % data.length]);
          const flow = await measured([...frames.slice(0, 3), ...data, ...again], 0, exportOctets);
          const wanted = hex(octets.subarray(0, exportOctets));
          // Four holes at a time are more than are kept: then it is what stands before one.
          expect(wanted.startsWith((flow.payload ?? '') as string)).toBe(true);
          if (swaps.length <= 2) expect(flow.payload).toBe(wanted);
        },
      ),
      { numRuns: 80 },
    );
  });

  it('begins where it can in the middle of a connection', async () => {
    const frames = tcpFrames([['client', 'abcdefgh']], { midStream: true, segment: 3 });
    expect(await measured(frames, 0, 5)).toMatchObject({ payload: hex(Buffer.from('abcde')) });
  });

  it('stops at a hole', async () => {
    const frames = tcpFrames([['client', 'abcdefghi']], { segment: 3 });
    frames.splice(4, 1);
    expect(await measured(frames, 0, 9)).toMatchObject({ payload: hex(Buffer.from('abc')) });
  });

  it('has nothing of flows without payload', async () => {
    const flow = await measured(tcpFrames([]), 100, 100);
    expect(Object.keys(flow).filter((key) => /payload/i.test(key))).toEqual([]);
  });

  it('is bounded: what finds no memory has no payload', async () => {
    const payload = { entropyOctets: 0, exportOctets: 2_048, memoryOctets: 262_144 };
    const frames = Array.from({ length: 300 }, (_, n) =>
      udpFrames([['client', 'hello']], { clientPort: 10_000 + n }),
    ).flat();
    const flows = await inspectFrames(frames, { payload, metadata: [], memoryOctets: 262_144 });
    const having = flows.filter((flow) => 'payload' in flow).length;
    expect(flows).toHaveLength(300);
    expect(having).toBeGreaterThan(10);
    expect(having).toBeLessThan(262_144 / 2_048);
  });
});
