import type { AbstractDataType } from '../information-model.js';
import { TIME_DIGITS, type DateTimeType } from '../value.js';

/** Values as RFC 7373 writes them, to octets as RFC 7011 §6.1 encodes them: what `scalarValue` makes text of, back again. */

/** Octets of each type; what is not listed has a variable length. */
export const TYPE_OCTETS: Readonly<Partial<Record<AbstractDataType, number>>> = {
  unsigned8: 1,
  unsigned16: 2,
  unsigned32: 4,
  unsigned64: 8,
  signed8: 1,
  signed16: 2,
  signed32: 4,
  signed64: 8,
  float32: 4,
  float64: 8,
  boolean: 1,
  macAddress: 6,
  dateTimeSeconds: 4,
  dateTimeMilliseconds: 8,
  dateTimeMicroseconds: 8,
  dateTimeNanoseconds: 8,
  ipv4Address: 4,
  ipv6Address: 16,
};

const NTP_TO_UNIX_SECONDS = 2_208_988_800n;
const NS = 1_000_000_000n;

/** The octets of a value; null when it is no value of that type. */
export function valueOctets(value: unknown, type: AbstractDataType): Buffer | null {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? Buffer.from(value) : null;
    case 'octetArray':
      return typeof value === 'string' && /^([0-9a-f]{2})*$/i.test(value) ? Buffer.from(value, 'hex') : null;
    case 'boolean':
      return typeof value === 'boolean' ? Buffer.of(value ? 1 : 2) : null;
    case 'macAddress':
      return typeof value === 'string' && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(value)
        ? Buffer.from(value.replaceAll(':', ''), 'hex')
        : null;
    case 'ipv4Address':
      return typeof value === 'string' ? ipv4Octets(value) : null;
    case 'ipv6Address':
      return typeof value === 'string' ? ipv6Octets(value) : null;
    case 'float32':
    case 'float64': {
      if (typeof value !== 'number') return null;
      const octets = Buffer.alloc(TYPE_OCTETS[type] ?? 8);
      if (type === 'float32') octets.writeFloatBE(value);
      else octets.writeDoubleBE(value);
      return octets;
    }
  }
  if (type in TIME_DIGITS) return typeof value === 'string' ? timeOctets(value, type as DateTimeType) : null;
  const size = TYPE_OCTETS[type];
  return size === undefined ? null : integerOctets(value, size, type.startsWith('signed'));
}

function integerOctets(value: unknown, size: number, isSigned: boolean): Buffer | null {
  const isWhole = Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d{1,20}$/.test(value));
  if (!isWhole) return null;
  const number = BigInt(value as number | string);
  const bits = BigInt(8 * size);
  const [least, most] = isSigned ? [-(1n << (bits - 1n)), 1n << (bits - 1n)] : [0n, 1n << bits];
  if (number < least || number >= most) return null;
  return Buffer.from(
    BigInt.asUintN(8 * size, number)
      .toString(16)
      .padStart(2 * size, '0'),
    'hex',
  );
}

function timeOctets(text: string, type: DateTimeType): Buffer | null {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z?$/.exec(text);
  if (parts === null) return null;
  const milliseconds = Date.parse(`${parts[1]}T${parts[2]}Z`);
  if (Number.isNaN(milliseconds)) return null;
  const seconds = BigInt(milliseconds / 1000);
  const nanoseconds = BigInt((parts[3] ?? '').padEnd(9, '0'));
  switch (type) {
    case 'dateTimeSeconds':
      return integerOctets(String(seconds), 4, false);
    case 'dateTimeMilliseconds':
      return integerOctets(String(seconds * 1000n + nanoseconds / 1_000_000n), 8, false);
    default: {
      const fraction = ((nanoseconds << 32n) + NS / 2n) / NS;
      return integerOctets(String((((seconds + NTP_TO_UNIX_SECONDS) & 0xffff_ffffn) << 32n) + fraction), 8, false);
    }
  }
}

function ipv4Octets(text: string): Buffer | null {
  const parts = text.split('.');
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isAddress ? Buffer.from(parts.map(Number)) : null;
}

/** RFC 4291 §2.2, all three forms. */
function ipv6Octets(text: string): Buffer | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(groupOctets);
  if (head === null || tail === null) return null;
  if (tail === undefined) return head?.length === 16 ? head : null;
  const zeros = 16 - (head?.length ?? 0) - tail.length;
  return head === undefined || zeros < 0 ? null : Buffer.concat([head, Buffer.alloc(zeros), tail]);
}

/** Groups of hexadecimal digits, the last one perhaps an IPv4 address. */
function groupOctets(text: string): Buffer | null {
  if (text === '') return Buffer.alloc(0);
  const groups = text.split(':').map((group, index, all) => {
    if (group.includes('.')) return index === all.length - 1 ? ipv4Octets(group) : null;
    return /^[0-9a-f]{1,4}$/i.test(group) ? Buffer.from(group.padStart(4, '0'), 'hex') : null;
  });
  const known = groups.filter((group) => group !== null);
  return known.length === groups.length ? Buffer.concat(known) : null;
}
