import fc from 'fast-check';
import { describe, it } from 'vitest';

import { NaiveMeter } from '../support/naive-meter.js';
import { Capture, type MeterOptions, meterPackets, type Packet } from '../support/traffic.js';
import { split, traffic } from './arbitrary-traffic.js';
import { expectSame, runs } from './runs.js';

function naive(packets: readonly Packet[], options: MeterOptions): string[] {
  const meter = new NaiveMeter(options);
  for (const packet of packets) meter.packet(packet);
  return meter.finish();
}

describe('the flow meter against a naive model', () => {
  it('gives the same records in the same order, for any traffic and any split into batches', () => {
    fc.assert(
      fc.property(traffic(), split, split, fc.boolean(), ({ options, packets }, one, other, vlanInKey) => {
        const chosen = { ...options, vlanInKey };
        const expected = naive(packets, chosen);
        const capture = new Capture(packets);
        expectSame(meterPackets(capture, chosen, one), expected);
        expectSame(meterPackets(capture, chosen, other), expected);
      }),
      runs(400),
    );
  });

  it('gives the same records when the hashes of all keys collide', () => {
    fc.assert(
      fc.property(traffic(), split, fc.constantFrom(0, 1, 7), ({ options, packets }, batches, hashMask) => {
        // The ports of fragments are learned after the hash has been made, so they would undo the collisions.
        const whole = packets.map((packet) => ({ ...packet, fragment: null }));
        expectSame(meterPackets(whole, { ...options, hashMask }, batches), naive(whole, options));
      }),
      runs(150),
    );
  });

  it('gives the same records from several workers that share the packets', () => {
    fc.assert(
      fc.property(traffic(), split, fc.integer({ min: 2, max: 4 }), ({ options, packets }, batches, workers) => {
        const expected = naive(packets, options);
        const capture = new Capture(packets);
        const actual = Array.from({ length: workers }, (_, worker) =>
          meterPackets(capture, { ...options, workers, worker }, batches),
        ).flat();
        expectSame(actual.sort(), [...expected].sort());
      }),
      runs(100),
    );
  });
});
