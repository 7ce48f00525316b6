import { describe, expect, it } from 'vitest';

import { Op } from '../../../../src/export/ipfix/ipfix-template.js';
import { joinSteps } from '../../../../src/export/ipfix/join-steps.js';

const octet = (source: number, shift: number): number[] => [Op.Octet, source, shift, 0xff];
const counters = (word: number, float: number): number[] => [Op.Word, word, 0, 0, Op.Unsigned64, float, 0, 0];
const half = (shift: number): number[] => [Op.TwoOctets, 8, shift, 0xffff];

describe('steps that follow each other', () => {
  it.each([
    ['both halves of a word', [...half(16), ...half(0)], [Op.Word, 8, 0, 0]],
    ['two words', [Op.Word, 1, 0, 0, Op.Word, 9, 0, 0], [Op.TwoWords, 1, 0, 9]],
    ['packets and octets', [Op.Word, 22, 0, 0, Op.Unsigned64, 9, 0, 0], [Op.WordAndUnsigned64, 22, 0, 9]],
    ['two lengths', [Op.FourOctets, 26, 0, 0xff, Op.FourOctets, 27, 0, 0xff], [Op.TwoFourOctets, 26, 27, 0xff]],
    ['two octets', [Op.Octet, 26, 24, 0xff, Op.Octet, 27, 8, 0xff], [Op.TwoSingleOctets, 26, 24 | (8 << 8), 27]],
    ['control bits', [Op.TcpBits, 25, 0, 0, Op.TcpBits, 25, 16, 0], [Op.BothTcpBits, 25, 0, 0]],
    ['three words', [Op.Word, 1, 0, 0, Op.Word, 9, 0, 0, Op.Word, 4, 0, 0], [Op.ThreeWords, 1, 9, 4]],
    ['two addresses', [Op.FourWords, 0, 0, 0, Op.FourWords, 4, 0, 0], [Op.EightWords, 0, 0, 0]],
    ['two times', [Op.Milliseconds, 8, 0, 0, Op.Milliseconds, 7, 10, 0], [Op.TwoMilliseconds, 8, 0, 7]],
    [
      'the counters of both directions',
      [...counters(22, 9), ...counters(23, 10)],
      [Op.TwoCounters, 22 | (23 << 16), 0, 9 | (10 << 16)],
    ],
    ['the octets of a word', [0, 8, 16, 24].flatMap((shift) => octet(25, shift)), [Op.ReversedWord, 25, 0, 0]],
    [
      'lengths and TTLs',
      [Op.FourOctets, 26, 0, 0xffffff, Op.FourOctets, 27, 0, 0xffffff, ...octet(26, 24), ...octet(27, 24)],
      [Op.TwoExtremes, 26, 27, 0xffffff],
    ],
    ['parts of octets', [Op.Octet, 30, 0, 15, Op.Octet, 31, 0, 7], [Op.TwoLowOctets, 30, 15 | (7 << 16), 31]],
    ['MAC addresses', [Op.MacFromHalf, 40, 0, 0, Op.MacFromWord, 39, 0, 0], [Op.TwoMacs, 40, 0, 39]],
    [
      'octet and ordinal',
      [...octet(13, 8), Op.Unsigned64, 16, 1, 0],
      [Op.OctetAndUnsigned64, 13 | (16 << 16), 8 | (1 << 16), 0],
    ],
  ])('become one: %s', (_, steps, joined) => {
    expect(joinSteps(steps)).toEqual(joined);
    const other = [Op.Label, 1, 2, 3];
    expect(joinSteps([...other, ...steps, ...other])).toEqual([...other, ...joined, ...other]);
  });

  it.each([
    ['halves the other way round', [...half(0), ...half(16)]],
    ['halves of two words', [...half(16), Op.TwoOctets, 9, 0, 0xffff]],
    ['parts of halves', [Op.TwoOctets, 10, 16, 0xfff, Op.TwoOctets, 10, 0, 0xfff]],
    ['parts of octets', [Op.Octet, 6, 20, 7, Op.Octet, 6, 0, 0xff]],
    ['an ordinal behind a word', [Op.Word, 1, 0, 0, Op.Unsigned64, 16, 1, 0]],
    ['addresses that are no neighbours', [Op.FourWords, 4, 0, 0, Op.FourWords, 0, 0, 0]],
    ['MAC addresses the other way round', [Op.MacFromWord, 39, 0, 0, Op.MacFromHalf, 40, 0, 0]],
    ['part of an octet and an ordinal', [Op.Octet, 13, 8, 7, Op.Unsigned64, 16, 1, 0]],
    ['lengths of two kinds', [Op.FourOctets, 26, 0, 0xff, Op.FourOctets, 27, 0, 0xffff]],
    ['control bits of two words', [Op.TcpBits, 25, 0, 0, Op.TcpBits, 24, 16, 0]],
  ])('stay two: %s', (_, steps) => {
    expect(joinSteps(steps)).toEqual(steps);
  });
});
