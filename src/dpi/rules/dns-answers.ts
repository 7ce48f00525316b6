import { skipName } from '../dns-name.js';
import { u16, u32 } from '../octets.js';
import type { AnswerTable } from './answer-table.js';
import { RuleBound } from './rule-tables.js';
import type { RuleSet } from './rule-set.js';

const enum Message {
  HeaderOctets = 12,
  Questions = 4,
  Answers = 6,
  /** QR, and the code of a failure. */
  Response = 0x8000,
  Failure = 0x000f,
}

const enum Type {
  A = 1,
  Aaaa = 28,
}

const MOST_ANSWERS = 64;
const MOST_LABELS = 128;

const host = new Uint8Array(RuleBound.Host + 1);

/**
 * Notes the addresses that a DNS message (RFC 1035 §4) from `from` to `to` gives for the name that was asked for, when rules
 * list a suffix of it. A message that is cut, or none, gives what there is.
 */
export function noteAnswers(
  octets: Uint8Array,
  from: number,
  to: number,
  rules: RuleSet,
  table: AnswerTable,
  generation: number,
  nowUs: number,
): void {
  if (to - from < Message.HeaderOctets) return;
  const flags = u16(octets, from + 2);
  if ((flags & Message.Response) === 0 || flags & Message.Failure) return;
  if (u16(octets, from + Message.Questions) !== 1) return;
  const question = from + Message.HeaderOctets;
  const length = readQuestion(octets, question, to);
  if (length <= 0) return;
  const suffix = rules.suffixOf(host, 0, length);
  if (suffix < 0) return;
  let p = skipName(octets, question, to) + 4;
  const answers = Math.min(MOST_ANSWERS, u16(octets, from + Message.Answers));
  for (let n = 0; n < answers; n++) {
    const fixed = p > to ? -1 : skipName(octets, p, to);
    if (fixed < 0 || fixed + 10 > to) return;
    const type = u16(octets, fixed);
    const ttl = u32(octets, fixed + 4);
    const data = fixed + 10;
    const octetsOfData = u16(octets, fixed + 8);
    p = data + octetsOfData;
    if (p > to) return;
    if ((type === Type.A && octetsOfData === 4) || (type === Type.Aaaa && octetsOfData === 16)) {
      table.put(octets, data, octetsOfData, suffix, generation, nowUs, ttl);
    }
  }
}

/** Writes the name at `p` into `host`, which no pointer may be in; answers its length, -1 when it is none. */
function readQuestion(octets: Uint8Array, from: number, to: number): number {
  let length = 0;
  let p = from;
  for (let n = 0; n < MOST_LABELS && p < to; n++) {
    const label = octets[p++];
    if (label === 0) return length;
    if (label > 63 || p + label > to || length + label + 1 > RuleBound.Host) return -1;
    if (length > 0) host[length++] = 0x2e;
    for (let end = p + label; p < end; p++) host[length++] = octets[p];
  }
  return -1;
}
