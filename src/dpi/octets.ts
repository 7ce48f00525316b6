/** Reading octets: callers have looked at the end before. */

export function u16(octets: Uint8Array, at: number): number {
  return (octets[at] << 8) | octets[at + 1];
}

export function u24(octets: Uint8Array, at: number): number {
  return (octets[at] << 16) | (octets[at + 1] << 8) | octets[at + 2];
}

export function u32(octets: Uint8Array, at: number): number {
  return ((octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3]) >>> 0;
}

/** The octets that `test` holds for: those that a protocol can begin with. For constants. */
export function octetsThat(test: (octet: number) => boolean): readonly number[] {
  const octets: number[] = [];
  for (let octet = 0; octet < 256; octet++) if (test(octet)) octets.push(octet);
  return octets;
}

/** The octets of a text of ASCII characters; for constants. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

/** The octets of several texts; for constants. */
export function tokens(...texts: readonly string[]): readonly Uint8Array[] {
  const all: Uint8Array[] = [];
  for (const text of texts) all.push(ascii(text));
  return all;
}

/** Whether the octets begin with all of `token`. */
export function startsWith(octets: Uint8Array, from: number, to: number, token: Uint8Array): boolean {
  if (to - from < token.length) return false;
  for (let n = 0; n < token.length; n++) if (octets[from + n] !== token[n]) return false;
  return true;
}

/** Whether they begin with `token`, which is in upper case, in any case of letters. */
export function startsWithAnyCase(octets: Uint8Array, from: number, to: number, token: Uint8Array): boolean {
  if (to - from < token.length) return false;
  for (let n = 0; n < token.length; n++) if (upper(octets[from + n]) !== token[n]) return false;
  return true;
}

/** Whether what there is of them could still become `token`: they are a beginning of it, or it a beginning of them. */
export function mayStartWith(octets: Uint8Array, from: number, to: number, token: Uint8Array): boolean {
  const length = Math.min(to - from, token.length);
  for (let n = 0; n < length; n++) if (octets[from + n] !== token[n]) return false;
  return true;
}

/** The letter in upper case; other octets as they are. */
export function upper(octet: number): number {
  return octet >= 0x61 && octet <= 0x7a ? octet - 0x20 : octet;
}

/** Where `octet` next stands; -1 when it does not. */
export function indexOf(octets: Uint8Array, from: number, to: number, octet: number): number {
  for (let p = from; p < to; p++) if (octets[p] === octet) return p;
  return -1;
}

/** Where `token` next stands; -1 when it does not. */
export function find(octets: Uint8Array, from: number, to: number, token: Uint8Array): number {
  const first = token[0];
  const last = to - token.length;
  for (let p = from; p <= last; p++) if (octets[p] === first && startsWith(octets, p, to, token)) return p;
  return -1;
}

/** Whether all are printable ASCII or tabulators. */
export function isText(octets: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) {
    const octet = octets[p];
    if (octet > 0x7e || (octet < 0x20 && octet !== 0x09)) return false;
  }
  return true;
}

/** Where the text in front of a line's end ends: before LF or CR LF at `lineFeed`. */
export function lineEnd(octets: Uint8Array, from: number, lineFeed: number): number {
  return lineFeed > from && octets[lineFeed - 1] === 0x0d ? lineFeed - 1 : lineFeed;
}

export function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}

/** Reads decimal digits, nine at most; -1 when there is none. */
export function decimal(octets: Uint8Array, from: number, to: number): number {
  let value = -1;
  for (let p = from; p < to && p < from + 9 && isDigit(octets[p]); p++) {
    value = (value < 0 ? 0 : value) * 10 + octets[p] - 0x30;
  }
  return value;
}
