import { startsWithAnyCase, upper } from './octets.js';

/** Lines of text protocols: a command, a space or the end of the line, parameters. */

/**
 * Which of `words`, in upper case, the octets begin with, in any case of letters and in front of a space or the end of
 * the line; -1 for none of them.
 */
export function leadingWord(octets: Uint8Array, from: number, to: number, words: readonly Uint8Array[]): number {
  for (let n = 0; n < words.length; n++) {
    const end = from + words[n].length;
    if (end >= to || !startsWithAnyCase(octets, from, to, words[n])) continue;
    if (octets[end] === 0x20 || octets[end] === 0x0d || octets[end] === 0x0a) return n;
  }
  return -1;
}

/** Whether more octets could make them begin with one of `words`. */
export function mayLead(octets: Uint8Array, from: number, to: number, words: readonly Uint8Array[]): boolean {
  for (let n = 0; n < words.length; n++) {
    const length = Math.min(to - from, words[n].length);
    let same = 0;
    while (same < length && upper(octets[from + same]) === words[n][same]) same++;
    if (same === length) return true;
  }
  return false;
}

/** Whether `token`, in upper case, stands anywhere in them in any case of letters. */
export function contains(octets: Uint8Array, from: number, to: number, token: Uint8Array): boolean {
  for (let p = from; p + token.length <= to; p++) if (startsWithAnyCase(octets, p, to, token)) return true;
  return false;
}

/** Whether they are text of any character set: no control characters but tabulators. */
export function isLine(octets: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) {
    const octet = octets[p];
    if ((octet < 0x20 && octet !== 0x09) || octet === 0x7f) return false;
  }
  return true;
}

/** Where what is not a space next begins. */
export function skipSpaces(octets: Uint8Array, from: number, to: number): number {
  let p = from;
  while (p < to && octets[p] === 0x20) p++;
  return p;
}

/** Where the word at `from` ends: before a space, a line's end, or `to`. */
export function wordEnd(octets: Uint8Array, from: number, to: number): number {
  let p = from;
  while (p < to && octets[p] > 0x20) p++;
  return p;
}

/** The number of three digits that a reply begins with; -1 without one in front of a space, a hyphen or the line's end. */
export function replyCode(octets: Uint8Array, from: number, to: number): number {
  if (to - from < 3) return -1;
  let value = 0;
  for (let p = from; p < from + 3; p++) {
    if (octets[p] < 0x30 || octets[p] > 0x39) return -1;
    value = value * 10 + octets[p] - 0x30;
  }
  const next = to - from > 3 ? octets[from + 3] : 0x20;
  return next === 0x20 || next === 0x2d || next === 0x0d || next === 0x0a ? value : -1;
}
