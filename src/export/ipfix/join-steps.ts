import { Joined, Op, OpWord } from './ipfix-template.js';

const HALF_WORD = 0xffff;
const OCTET = 0xff;
const TOP_OCTETS = 24 | (24 << 8);

/**
 * The same octets in fewer steps, where steps that follow each other can be one: a record's time goes into telling its steps
 * apart more than into what they do.
 */
export function joinSteps(steps: readonly number[]): number[] {
  let joined = [...steps];
  for (let length = Infinity; joined.length < length;) {
    length = joined.length;
    joined = joinPairs(joined);
  }
  return joined;
}

function joinPairs(steps: readonly number[]): number[] {
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
  switch (op as Op) {
    case Op.TwoOctets:
      if (otherOp !== op || source !== otherSource || mask !== HALF_WORD || otherMask !== HALF_WORD) return null;
      return shift === 16 && otherShift === 0 ? [Op.Word, source, 0, 0] : null;
    case Op.Word:
      if (otherOp === Op.Unsigned64 && otherShift === 0) return [Op.WordAndUnsigned64, source, 0, otherSource];
      return otherOp === Op.Word ? [Op.TwoWords, source, 0, otherSource] : null;
    case Op.TwoWords:
      return otherOp === Op.Word ? [Op.ThreeWords, source, mask, otherSource] : null;
    case Op.FourWords:
      return otherOp === op && otherSource === source + 4 ? [Op.EightWords, source, 0, 0] : null;
    case Op.Milliseconds:
      return otherOp === op ? [Op.TwoMilliseconds, source, 0, otherSource] : null;
    case Op.WordAndUnsigned64:
      return otherOp === op ? [Op.TwoCounters, both(source, otherSource), 0, both(mask, otherMask)] : null;
    case Op.FourOctets:
      if (otherOp !== op || shift !== 0 || otherShift !== 0 || mask !== otherMask) return null;
      return [Op.TwoFourOctets, source, otherSource, mask];
    case Op.TwoFourOctets:
      if (otherOp !== Op.TwoSingleOctets || otherSource !== source || otherMask !== shift) return null;
      return otherShift === TOP_OCTETS ? [Op.TwoExtremes, source, shift, mask] : null;
    case Op.Octet:
      return joinedOctet(one, other);
    case Op.TwoSingleOctets:
      if (otherOp !== op || [mask, otherSource, otherMask].some((each) => each !== source)) return null;
      return shift === 8 << 8 && otherShift === (16 | (24 << 8)) ? [Op.ReversedWord, source, 0, 0] : null;
    case Op.TcpBits:
      if (otherOp !== op || source !== otherSource || shift !== 0 || otherShift !== 16) return null;
      return [Op.BothTcpBits, source, 0, 0];
    case Op.MacFromHalf:
      return otherOp === Op.MacFromWord ? [Op.TwoMacs, source, 0, otherSource] : null;
    default:
      return null;
  }
}

function joinedOctet(one: readonly number[], other: readonly number[]): number[] | null {
  const [op, source, shift, mask] = one;
  const [otherOp, otherSource, otherShift, otherMask] = other;
  if (otherOp === Op.Unsigned64 && mask === OCTET) {
    return [Op.OctetAndUnsigned64, both(source, otherSource), both(shift, otherShift), 0];
  }
  if (otherOp !== op) return null;
  if (mask === OCTET && otherMask === OCTET) {
    return [Op.TwoSingleOctets, source, shift | (otherShift << 8), otherSource];
  }
  return shift === 0 && otherShift === 0 ? [Op.TwoLowOctets, source, both(mask, otherMask), otherSource] : null;
}

function both(one: number, other: number): number {
  return one | (other << Joined.Shift);
}
