import { isIPv4, isIPv6 } from 'node:net';

import { RuleBound } from '../../dpi/rules/rule-tables.js';
import { UnitError, wholeNumber } from '../units.js';
import type { Network, PayloadPrefix, PortRange } from './label-rule.js';

/** Values of label rules, read from their texts. Every function throws a `UnitError`: what was given, what is allowed. */

const LARGEST_PORT = 65_535;

/** `tcp/443`, `udp/5000-5010`, or a port of both transports: `8080`. */
export function portRange(text: string): PortRange {
  const found = /^(?:(tcp|udp)\/)?(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim());
  if (found === null) throw new UnitError(`'${text}': expected ports such as tcp/443, udp/5000-5010 or 8080`);
  const low = wholeNumber(found[2], 0, LARGEST_PORT);
  const high = wholeNumber(found[3] ?? found[2], 0, LARGEST_PORT);
  if (high < low) throw new UnitError(`'${text}': expected the lower port first`);
  return { transport: (found[1] as 'tcp' | 'udp' | undefined) ?? 'both', low, high };
}

/** `192.0.2.0/24`, `2001:db8::/32`, or one address. Bits behind the prefix must be zero. */
export function network(text: string): Network {
  const [address, length, ...rest] = text.trim().split('/');
  const isV4 = isIPv4(address);
  if (rest.length > 0 || (!isV4 && !isIPv6(address)) || address.includes('%')) {
    throw new UnitError(`'${text}': expected a network such as 192.0.2.0/24 or 2001:db8::/32`);
  }
  const words = isV4 ? [ipv4Word(address)] : ipv6Words(address);
  const bits = length === undefined ? 32 * words.length : wholeNumber(length, 0, 32 * words.length);
  const masks = words.map((_, n) => maskOf(bits - 32 * n));
  if (words.some((word, n) => (word & ~masks[n]) !== 0)) {
    throw new UnitError(`'${text}': has bits behind the first ${bits}, expected zeros there`);
  }
  return { low: words, high: words.map((word, n) => word | ~masks[n]) };
}

/** The first `bits` of 32 bits. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

function ipv4Word(address: string): number {
  return Buffer.from(address.split('.').map(Number)).readInt32BE();
}

function ipv6Words(address: string): number[] {
  // The last 32 bits may be written as those of IPv4.
  const plain = address.replace(/\d+\.\d+\.\d+\.\d+$/, (v4) => {
    const word = ipv4Word(v4) >>> 0;
    return `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
  });
  const [head, tail] = plain.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...(tail ?? [])].map((group) => parseInt(group, 16));
  return [0, 2, 4, 6].map((n) => (groups[n] << 16) | groups[n + 1]);
}

/** A host name, whose subdomains are meant as well. */
export function hostSuffix(text: string): string {
  const host = text
    .trim()
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  const isName = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/.test(host);
  if (!isName || host.length > RuleBound.Host) {
    throw new UnitError(`'${text}': expected a host name such as example.com; names below it are meant, too`);
  }
  return host;
}

/** The name of a label: it stands between dots in a path. */
export function labelName(text: string): string {
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(text) || text.length > RuleBound.Name) {
    throw new UnitError(
      `'${text}': expected a name of lower-case letters, digits, '-' and '_', ${RuleBound.Name} at most`,
    );
  }
  return text;
}

/** Octets in hexadecimal, with or without spaces between. */
export function hexOctets(text: string): Uint8Array {
  const digits = text.replaceAll(/[\s:]/g, '');
  if (!/^([0-9a-fA-F]{2})+$/.test(digits)) throw new UnitError(`'${text}': expected octets such as '16 03 01'`);
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

/** Octets `at` some place of the payload. */
export function payloadPrefix(at: number, octets: Uint8Array): PayloadPrefix {
  if (octets.length === 0 || octets.length > RuleBound.PrefixOctets) {
    throw new UnitError(`has ${octets.length} octets, expected 1 to ${RuleBound.PrefixOctets}`);
  }
  if (at + octets.length > RuleBound.PayloadOctets) {
    throw new UnitError(`ends at octet ${at + octets.length}, expected ${RuleBound.PayloadOctets} at most`);
  }
  return { at, octets };
}
