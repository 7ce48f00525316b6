import { Op, OpWord } from './ipfix-template.js';

const HALF_WORD = 0xffff;
const OCTET = 0xff;

/**
 * The same octets in fewer steps, where two steps that follow each other can be one: a record's time goes into telling its
 * steps apart more than into what they do.
 */
export function joinSteps(steps: readonly number[]): number[] {
  const joined: number[] = [];
  for (let s = 0; s < steps.length; s += OpWord.Words) {
    const next = steps.slice(s + OpWord.Words, s + 2 * OpWord.Words);
    const pair = next.length === 0 ? null : joinedPair(steps.slice(s, s + OpWord.Words), next);
    joined.push(...(pair ?? steps.slice(s, s + OpWord.Words)));
    if (pair !== null) s += OpWord.Words;
  }
  return joined;
}

/** One step for two, null where there is none. */
function joinedPair(one: readonly number[], other: readonly number[]): number[] | null {
  const [op, source, shift, mask] = one;
  const [otherOp, otherSource, otherShift, otherMask] = other;
  if (op === Op.Word && otherOp === Op.Unsigned64 && otherShift === 0) {
    return [Op.WordAndUnsigned64, source, 0, otherSource];
  }
  if (op !== otherOp) return null;
  switch (op as Op) {
    case Op.TwoOctets:
      if (source !== otherSource || mask !== HALF_WORD || otherMask !== HALF_WORD) return null;
      return shift === 16 && otherShift === 0 ? [Op.Word, source, 0, 0] : null;
    case Op.Word:
      return [Op.TwoWords, source, 0, otherSource];
    case Op.FourOctets:
      if (shift !== 0 || otherShift !== 0 || mask !== otherMask) return null;
      return [Op.TwoFourOctets, source, otherSource, mask];
    case Op.Octet:
      if (mask !== OCTET || otherMask !== OCTET) return null;
      return [Op.TwoSingleOctets, source, shift | (otherShift << 8), otherSource];
    case Op.TcpBits:
      return source === otherSource && shift === 0 && otherShift === 16 ? [Op.BothTcpBits, source, 0, 0] : null;
    default:
      return null;
  }
}
