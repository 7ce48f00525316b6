import type { AbstractDataType } from './information-model.js';
import {
  readBoolean,
  readFloat,
  readSignedExact,
  readTimestamp,
  readUnsignedExact,
  stringText,
  TIME_DIGITS,
  Timestamp,
  type DateTimeType,
} from './value.js';

const OCTET_DECIMAL = Array.from({ length: 256 }, (_, octet) => String(octet));
const OCTET_HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));
const TWO_DIGITS = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));
const THREE_DIGITS = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'));
const SECONDS_PER_DAY = 86_400;
/** The last second of the year 9999; later ones have no four-digit year. */
const LAST_CALENDAR_SECOND = 253_402_300_799;

export function ipv4Text(octets: Uint8Array, offset: number): string {
  return `${OCTET_DECIMAL[octets[offset]]}.${OCTET_DECIMAL[octets[offset + 1]]}.${OCTET_DECIMAL[octets[offset + 2]]}.${OCTET_DECIMAL[octets[offset + 3]]}`;
}

/** RFC 5952 §4; IPv4-mapped addresses in mixed notation (§5). */
export function ipv6Text(octets: Uint8Array, offset: number): string {
  let runStart = -1;
  let runLength = 1; // a single zero group is never shortened
  for (let group = 0; group < 8;) {
    const start = group;
    while (group < 8 && octets[offset + 2 * group] === 0 && octets[offset + 2 * group + 1] === 0) group++;
    if (group - start > runLength) {
      runStart = start;
      runLength = group - start;
    }
    group++;
  }
  if (runStart === 0 && runLength === 5 && octets[offset + 10] === 0xff && octets[offset + 11] === 0xff)
    return `::ffff:${ipv4Text(octets, offset + 12)}`;
  if (runStart < 0) return hexGroups(octets, offset, 0, 8);
  return `${hexGroups(octets, offset, 0, runStart)}::${hexGroups(octets, offset, runStart + runLength, 8)}`;
}

function hexGroups(octets: Uint8Array, offset: number, from: number, to: number): string {
  let text = '';
  for (let group = from; group < to; group++) {
    if (group > from) text += ':';
    text += ((octets[offset + 2 * group] << 8) | octets[offset + 2 * group + 1]).toString(16);
  }
  return text;
}

export function macText(octets: Uint8Array, offset: number): string {
  let text = OCTET_HEX[octets[offset]];
  for (let index = 1; index < 6; index++) text += `:${OCTET_HEX[octets[offset + index]]}`;
  return text;
}

/** Pairs of hexadecimal digits (RFC 7373 §4.1). */
export function hexText(octets: Buffer, offset: number, length: number): string {
  return octets.toString('hex', offset, offset + length);
}

let cachedDay = Number.NaN;
let cachedDate = '';
let cachedSilkDate = '';

/** Makes `cachedDate` (`YYYY-MM-DD`) and SiLK's form of it that of a second since 1970, which must not be after 9999. */
function cacheDate(seconds: number): void {
  const day = Math.floor(seconds / SECONDS_PER_DAY);
  if (day === cachedDay) return;
  cachedDay = day;
  cachedDate = new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
  cachedSilkDate = cachedDate.replaceAll('-', '/');
}

/** `hh:mm:ss` of a second since 1970. */
function clockText(seconds: number): string {
  const inDay = seconds - Math.floor(seconds / SECONDS_PER_DAY) * SECONDS_PER_DAY;
  const minutes = Math.floor(inDay / 60);
  return `${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[inDay % 60]}`;
}

/**
 * Date and time in UTC with `digits` (0, 3, 6 or 9) decimals, cut off. Seconds past the year 9999 are written as the
 * plain number of seconds.
 */
export function timeText(time: Timestamp, digits: 0 | 3 | 6 | 9, separator: string, suffix: string): string {
  const { seconds, nanoseconds } = time;
  const fraction = digits === 0 ? '' : `.${fractionText(nanoseconds, digits)}`;
  if (seconds > LAST_CALENDAR_SECOND) return `${seconds}${fraction}`;
  cacheDate(seconds);
  return `${cachedDate}${separator}${clockText(seconds)}${fraction}${suffix}`;
}

/** `YYYY/MM/DDThh:mm:ss.mmm` as SiLK writes it. */
export function silkTimeText(time: Timestamp): string {
  if (time.seconds > LAST_CALENDAR_SECOND) return timeText(time, 3, 'T', '');
  cacheDate(time.seconds);
  return `${cachedSilkDate}T${clockText(time.seconds)}.${fractionText(time.nanoseconds, 3)}`;
}

function fractionText(nanoseconds: number, digits: 3 | 6 | 9): string {
  const milliseconds = Math.floor(nanoseconds / 1e6);
  if (digits === 3) return THREE_DIGITS[milliseconds];
  const microseconds = Math.floor(nanoseconds / 1000) % 1000;
  const text = `${THREE_DIGITS[milliseconds]}${THREE_DIGITS[microseconds]}`;
  return digits === 6 ? text : `${text}${THREE_DIGITS[nanoseconds % 1000]}`;
}

/** Seconds with three decimals, of a whole number of milliseconds. */
export function secondsText(milliseconds: number): string {
  return `${Math.floor(milliseconds / 1000)}.${THREE_DIGITS[milliseconds % 1000]}`;
}

/** RFC 7373 §4.4: digits, `NaN`, `+inf`, `-inf`. */
export function floatText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+inf' : '-inf';
}

const scratch = new Timestamp();

/** What a field says, in the form that JSON wants: a number, boolean or null as such, everything else as text. */
export type ScalarValue = number | boolean | string | null;

/**
 * The value of a scalar field as RFC 7373 writes it: integers beyond 2^53 as text, times in ISO 8601 with `Z`, a field
 * without octets as null, and octets that do not fit their type in hexadecimal.
 */
export function scalarValue(octets: Buffer, offset: number, length: number, type: AbstractDataType): ScalarValue {
  if (length === 0) return type === 'string' || type === 'octetArray' ? '' : null;
  return typedValue(octets, offset, length, type) ?? hexText(octets, offset, length);
}

function typedValue(octets: Buffer, offset: number, length: number, type: AbstractDataType): ScalarValue {
  switch (type) {
    case 'unsigned8':
    case 'unsigned16':
    case 'unsigned32':
    case 'unsigned64':
      return length > 8 ? null : safeNumber(readUnsignedExact(octets, offset, length));
    case 'signed8':
    case 'signed16':
    case 'signed32':
    case 'signed64':
      return length > 8 ? null : safeNumber(readSignedExact(octets, offset, length));
    case 'float32':
    case 'float64': {
      const value = readFloat(octets, offset, length);
      return value === null || Number.isFinite(value) ? value : floatText(value);
    }
    case 'boolean':
      return readBoolean(octets, offset, length);
    case 'macAddress':
      return length === 6 ? macText(octets, offset) : null;
    case 'string':
      return stringText(octets, offset, length);
    case 'dateTimeSeconds':
    case 'dateTimeMilliseconds':
    case 'dateTimeMicroseconds':
    case 'dateTimeNanoseconds':
      return dateTimeText(octets, offset, length, type);
    case 'ipv4Address':
      return length === 4 ? ipv4Text(octets, offset) : null;
    case 'ipv6Address':
      return length === 16 ? ipv6Text(octets, offset) : null;
    default:
      return null;
  }
}

function safeNumber(value: number | bigint): number | string {
  return typeof value === 'number' ? value : String(value);
}

function dateTimeText(octets: Buffer, offset: number, length: number, type: DateTimeType): string | null {
  return readTimestamp(octets, offset, length, type, scratch) ? timeText(scratch, TIME_DIGITS[type], 'T', 'Z') : null;
}

/** Control characters, also those of the C1 range and the ones that turn the direction of text: a terminal obeys them. */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
// eslint-disable-next-line no-control-regex
const UNSAFE_ALL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text that is safe on a terminal and in one line: control characters become `\xHH` or `\uHHHH`. */
export function printableText(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(UNSAFE_ALL, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${OCTET_HEX[code].toUpperCase()}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** JSON text of a value; what a terminal would obey is escaped. */
export function jsonText(value: ScalarValue): string {
  if (typeof value !== 'string') return String(value);
  const text = JSON.stringify(value);
  if (!UNSAFE.test(text)) return text;
  return text.replace(UNSAFE_ALL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
