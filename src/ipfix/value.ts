/**
 * Values of the abstract data types as RFC 7011 §6 encodes them. Nothing here throws or reads outside the field;
 * a length that does not fit the type is answered with null, and the caller shows the octets.
 */

/** Seconds from 1900 to 1970: the NTP era 0 begins in 1900 (RFC 5905 §6). */
const NTP_TO_UNIX_SECONDS = 2_208_988_800;
const TWO_TO_32 = 4_294_967_296;
/** RFC 7011 §6.1.9: these low bits of a dateTimeMicroseconds fraction say nothing. */
const MICROSECOND_FRACTION_MASK = 0xffff_f800;

/** Seconds since 1970 and nanoseconds of the second. */
export class Timestamp {
  seconds = 0;
  nanoseconds = 0;

  get milliseconds(): number {
    return this.seconds * 1000 + this.nanoseconds / 1e6;
  }
}

/** Unsigned integer of 1 to 8 octets (reduced-length encoding, §6.2); beyond 2^53 the nearest double. */
export function readUnsigned(octets: Uint8Array, offset: number, length: number): number {
  let value = 0;
  for (let index = 0; index < length; index++) value = value * 256 + octets[offset + index];
  return value;
}

/** The same without loss, for what does not fit a double. */
export function readUnsignedExact(octets: Uint8Array, offset: number, length: number): number | bigint {
  const value = readUnsigned(octets, offset, length);
  if (value <= Number.MAX_SAFE_INTEGER) return value;
  let exact = 0n;
  for (let index = 0; index < length; index++) exact = (exact << 8n) | BigInt(octets[offset + index]);
  return exact;
}

/** Two's complement of 1 to 8 octets; reduced-length encoding keeps the sign (§6.2). */
export function readSignedExact(octets: Uint8Array, offset: number, length: number): number | bigint {
  const value = readUnsignedExact(octets, offset, length);
  if (octets[offset] < 0x80) return value;
  const signed = BigInt.asIntN(length * 8, BigInt(value));
  const isSafe = signed >= BigInt(Number.MIN_SAFE_INTEGER);
  return isSafe ? Number(signed) : signed;
}

/** IEEE 754 of 4 or 8 octets (§6.1.4; float64 may be sent as float32, §6.2). */
export function readFloat(octets: Buffer, offset: number, length: number): number | null {
  if (length === 4) return octets.readFloatBE(offset);
  return length === 8 ? octets.readDoubleBE(offset) : null;
}

/** RFC 7011 §6.1.5: 1 is true, 2 is false, all else is undefined. */
export function readBoolean(octets: Uint8Array, offset: number, length: number): boolean | null {
  if (length !== 1) return null;
  const value = octets[offset];
  return value === 1 ? true : value === 2 ? false : null;
}

/** Decimal digits of a fraction that each dateTime type is shown with. */
export const TIME_DIGITS = {
  dateTimeSeconds: 0,
  dateTimeMilliseconds: 3,
  dateTimeMicroseconds: 6,
  dateTimeNanoseconds: 9,
} as const;

export type DateTimeType = keyof typeof TIME_DIGITS;

/** Reads a dateTime of any of the four types (§6.1.7 to §6.1.10). False when the length is not the type's. */
export function readTimestamp(
  octets: Uint8Array,
  offset: number,
  length: number,
  type: DateTimeType,
  into: Timestamp,
): boolean {
  if (length !== (type === 'dateTimeSeconds' ? 4 : 8)) return false;
  const high = readUnsigned(octets, offset, 4);
  if (type === 'dateTimeSeconds') {
    into.seconds = high;
    into.nanoseconds = 0;
    return true;
  }
  const low = readUnsigned(octets, offset + 4, 4);
  if (type === 'dateTimeMilliseconds') {
    // Reduced to seconds in steps, so that no intermediate value loses its milliseconds above 2^53.
    const highSeconds = Math.floor(high / 1000) * TWO_TO_32;
    const rest = (high % 1000) * TWO_TO_32 + low;
    into.seconds = highSeconds + Math.floor(rest / 1000);
    into.nanoseconds = (rest % 1000) * 1e6;
    return true;
  }
  readNtp(high, low, type === 'dateTimeMicroseconds', into);
  return true;
}

/**
 * NTP timestamp format: fractions are rounded to the type's unit, since a sender cuts them off. The format wraps in
 * 2036; a clear top bit means the era after that (RFC 4330 §3).
 */
function readNtp(high: number, fraction: number, isMicroseconds: boolean, into: Timestamp): void {
  const unitsPerSecond = isMicroseconds ? 1e6 : 1e9;
  const counted = isMicroseconds ? (fraction & MICROSECOND_FRACTION_MASK) >>> 0 : fraction;
  const units = Math.round((counted * unitsPerSecond) / TWO_TO_32);
  const era = high >= 0x8000_0000 ? 0 : TWO_TO_32;
  const carry = units === unitsPerSecond ? 1 : 0;
  into.seconds = high + era - NTP_TO_UNIX_SECONDS + carry;
  into.nanoseconds = carry === 1 ? 0 : units * (1e9 / unitsPerSecond);
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Text of a string field (§6.1.6): trailing NUL octets, which pad fixed-length strings, are left off, and octets that
 * are no UTF-8 are written `\xHH`.
 */
export function stringText(octets: Buffer, offset: number, length: number): string {
  let end = offset + length;
  while (end > offset && octets[end - 1] === 0) end--;
  let isAscii = true;
  for (let at = offset; at < end && isAscii; at++) isAscii = octets[at] < 0x80;
  if (isAscii) return octets.toString('latin1', offset, end);
  const slice = octets.subarray(offset, end);
  try {
    return strictUtf8.decode(slice);
  } catch {
    return escapeInvalidUtf8(slice); // the strict decoder's way to say that some octets are no UTF-8
  }
}

function escapeInvalidUtf8(octets: Buffer): string {
  let text = '';
  let at = 0;
  while (at < octets.length) {
    const length = utf8SequenceLength(octets, at);
    text +=
      length > 0
        ? octets.toString('utf8', at, at + length)
        : `\\x${octets[at].toString(16).padStart(2, '0').toUpperCase()}`;
    at += Math.max(length, 1);
  }
  return text;
}

/** Octets of the well-formed UTF-8 sequence that begins there (RFC 3629 §4), 0 when there is none. */
function utf8SequenceLength(octets: Uint8Array, at: number): number {
  const first = octets[at];
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : (first & 0xf0) === 0xe0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > octets.length) return 0;
  for (let index = 1; index < length; index++) if ((octets[at + index] & 0xc0) !== 0x80) return 0;
  const second = octets[at + 1];
  const isOverlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const isOutside = (first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f);
  return isOverlong || isOutside ? 0 : length;
}
