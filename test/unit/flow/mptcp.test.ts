import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Fact } from '../../../src/decode/decoded-batch.js';
import { hasMptcp } from '../../../src/flow/meters/mptcp.js';
import { runs } from '../../property/runs.js';
import { batchOf, decodeBatch } from '../../support/decode.js';
import { ethernet } from '../../support/link-frames.js';
import { bytes } from '../../support/octets.js';
import { ipv4, tcp } from '../../support/packets.js';

/** What the walk says about a SYN packet with these options, of which `cut` octets of the frame are missing. */
function walk(
  options: Uint8Array,
  { words, cut = 0, filler = 0 }: { words?: number; cut?: number; filler?: number } = {},
): boolean {
  const segment = tcp({ flags: 2, options, ...(words === undefined ? {} : { words }) });
  const { octets } = ethernet(ipv4({}, segment));
  const frame = octets.subarray(0, octets.length - cut);
  const { decoded } = decodeBatch(batchOf([{ octets: frame, wire: octets.length }], { gap: 64, filler }));
  expect(decoded.count).toBe(1);
  expect(decoded.facts[0] & Fact.TcpFlagsPresent).not.toBe(0);
  return hasMptcp(decoded, 0);
}

const MSS = [2, 4, 5, 0xb4];
const CAPABLE = [30, 12, 0x01, 0x81, 1, 2, 3, 4, 5, 6, 7, 8];
const JOIN = [30, 12, 0x10, 1, 0, 0, 0, 1, 0, 0, 0, 2];
const ADD_ADDRESS = [30, 8, 0x30, 1, 10, 0, 0, 1];

describe('MPTCP', () => {
  it.each<[string, number[], boolean]>([
    ['no options', [], false],
    ['MP_CAPABLE alone', CAPABLE, true],
    ['MP_JOIN alone', JOIN, true],
    ['MP_CAPABLE of version 1 without a key, last', [...MSS, 30, 4, 0x01, 0x81], true],
    ['behind other options and NOPs', [...MSS, 1, 1, 1, 4, 2, ...CAPABLE], true],
    ['another subtype', ADD_ADDRESS, false],
    ['another subtype before MP_JOIN', [...ADD_ADDRESS, ...JOIN], true],
    ['behind the end of the options', [...MSS, 0, 1, 1, 1, ...CAPABLE], false],
    ['inside another option', [254, 16, 1, 1, ...CAPABLE], false],
    ['behind an option of length 0', [254, 0, ...CAPABLE], false],
    ['behind an option of length 1', [254, 1, ...CAPABLE], false],
    ['with length 0', [30, 0, 0x01, 0x81], false],
    ['without the octet of its subtype', [30, 2, 0x01, 0x81], false],
    ['behind an option that claims to be longer than the header', [254, 255, ...CAPABLE], false],
  ])('%s', (_, options, expected) => {
    expect(walk(bytes(...options))).toBe(expected);
  });

  it('is not looked for beyond the header, nor beyond what was captured', () => {
    expect(walk(bytes(...CAPABLE), { words: 5 })).toBe(false);
    expect(walk(bytes(...CAPABLE), { words: 0 })).toBe(false);
    expect(walk(bytes(...MSS, ...CAPABLE), { cut: 12 })).toBe(false);
    expect(walk(bytes(...MSS, ...CAPABLE), { cut: 11 })).toBe(false);
    expect(walk(bytes(...MSS, ...CAPABLE), { cut: 9 })).toBe(true);
  });

  it('says of any rubbish what a walk by the book says, and nothing behind the header matters', () => {
    const octet = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(0, 1, 2, 4, 30, 0x01, 0x11, 0x21, 12) },
      fc.nat(255),
    );
    const piece = fc.oneof(
      { weight: 4, arbitrary: fc.array(octet, { minLength: 1, maxLength: 4 }) },
      fc.constantFrom([30, 4, 0x01, 0x81], [30, 4, 0x11, 0], [30, 4, 0x21, 0], [30, 2], MSS),
    );
    const rubbish = fc.record({
      options: fc.array(piece, { maxLength: 12, size: 'max' }).map((pieces) => pieces.flat().slice(0, 40)),
      words: fc.option(fc.nat(15), { nil: undefined }),
      cut: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(20)),
    });
    let found = 0;
    fc.assert(
      fc.property(rubbish, ({ options, words, cut }) => {
        const padded = [...options, ...new Array<number>((4 - (options.length % 4)) % 4).fill(0)];
        const missing = Math.min(cut, padded.length);
        const declared = words === undefined ? padded.length : Math.max(0, 4 * (words - 5));
        const header = padded.slice(0, Math.min(padded.length - missing, declared));
        const expected = byTheBook(header);
        // What stands behind the frame must not be read, so it is once an option that would count.
        const settings = { cut: missing, ...(words === undefined ? {} : { words }) };
        for (const filler of [0, 30, 0x01]) expect(walk(bytes(...padded), { ...settings, filler })).toBe(expected);
        if (expected) found++;
      }),
      runs(300),
    );
    expect(found).toBeGreaterThan(10);
  });
});

function byTheBook(header: readonly number[]): boolean {
  if (header.length === 0 || header[0] === 0) return false;
  if (header[0] === 1) return byTheBook(header.slice(1));
  const length = header[1] ?? 0;
  if (length < 2) return false;
  if (header[0] === 30 && length > 2 && header.length > 2 && header[2] >>> 4 <= 1) return true;
  return byTheBook(header.slice(length));
}
