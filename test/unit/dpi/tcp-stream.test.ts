import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DpiBound } from '../../../src/dpi/dpi-settings.js';
import { Slot } from '../../../src/dpi/flow-state.js';
import { PayloadStore } from '../../../src/dpi/payload-store.js';
import { TcpStream } from '../../../src/dpi/tcp-stream.js';

const LENGTH = 200;

/** A segment: octets of the stream from `from` on. */
interface Segment {
  readonly from: number;
  readonly length: number;
}

/** The stream in order cut at `cuts`, with some segments moved a little back, sent again, or split anew. */
const segments: fc.Arbitrary<readonly Segment[]> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: LENGTH - 1 }), { maxLength: 30 }),
    fc.array(fc.record({ at: fc.nat(40), length: fc.integer({ min: 1, max: 60 }), from: fc.nat(LENGTH - 1) }), {
      maxLength: 6,
    }),
    fc.array(fc.nat(40), { maxLength: 2 }),
  )
  .map(([cuts, repeats, swaps]) => {
    const ends = [0, ...cuts.sort((a, b) => a - b), LENGTH];
    const list = ends.slice(1).map((end, n): Segment => ({ from: ends[n], length: end - ends[n] }));
    // One place back: one hole at most, which the next segment closes.
    for (const swap of swaps) {
      const n = swap % list.length;
      if (n > 0) [list[n - 1], list[n]] = [list[n], list[n - 1]];
    }
    for (const { at, length, from } of repeats) {
      const place = at % (list.length + 1);
      const known = inOrder(list.slice(0, place));
      // Only what has come before comes again: a hole is followed by three pieces at most, which is as many as are kept.
      if (from < known) list.splice(place, 0, { from, length: Math.min(length, known - from) });
    }
    return list;
  });

/** How many octets from the start have come without a hole. */
function inOrder(list: readonly Segment[]): number {
  let known = 0;
  for (const { from, length } of [...list].sort((a, b) => a.from - b.from)) {
    if (from <= known) known = Math.max(known, from + length);
  }
  return known;
}

/** What `consume` was given, when it takes `appetite` octets at a time and waits until there are as many. */
function reassembled(list: readonly Segment[], initial: number, appetite: number): number[] {
  const store = new PayloadStore(1 << 20);
  const slot = store.take(1_024) >>> 2;
  store.words.fill(0, slot, slot + 256);
  const taken: number[] = [];
  const stream = new TcpStream(store, (octets, from, to, isLast) => {
    let at = from;
    while (at < to && (to - at >= appetite || isLast)) {
      const end = Math.min(to, at + appetite);
      for (; at < end; at++) taken.push(octets[at]);
    }
    return at - from;
  });
  const used = store.used;
  stream.turn(store.words, slot + Slot.Direction, DpiBound.Window);
  for (const { from, length } of list) {
    const octets = Uint8Array.from({ length: length + 3 }, (_, n) => octetAt(from + n - 3));
    stream.segment(octets, 3, 3 + length, length, (initial + from) | 0, initial, true);
  }
  stream.finish();
  stream.release();
  expect(store.used).toBe(used);
  return taken;
}

function octetAt(place: number): number {
  return (place * 7 + 3) & 0xff;
}

const whole = Array.from({ length: LENGTH }, (_, n) => octetAt(n));

describe('a TCP stream', () => {
  it('comes in order and once, however it was sent', () => {
    fc.assert(
      fc.property(
        segments,
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.constantFrom(1, 3, 50),
        (list, initial, appetite) => {
          expect(reassembled(list, initial, appetite)).toEqual(whole);
        },
      ),
    );
  });

  it('goes on behind octets that never came', () => {
    const list = Array.from({ length: 20 }, (_, n) => ({ from: 10 * n, length: 10 })).filter(({ from }) => from !== 50);
    expect(reassembled(list, -20, 1)).toEqual([...whole.slice(0, 50), ...whole.slice(60)]);
  });
});
