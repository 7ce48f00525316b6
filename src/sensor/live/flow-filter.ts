import { isIPv4, isIPv6 } from 'node:net';

import { W } from '../../flow/flow-record.js';
import { Protocol } from '../../decode/transport/ports.js';

/** Which flows are asked for. Null: any. Plain data, so that it can be sent to workers. */
export interface FlowFilter {
  /** An address of either end: IP version, four words, and the bits of the first ones that count. */
  readonly address: { readonly version: number; readonly words: readonly number[]; readonly prefix: number } | null;
  /** A port of either end. */
  readonly port: number | null;
  readonly protocol: number | null;
}

const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: Protocol.Tcp,
  udp: Protocol.Udp,
  gre: 47,
  esp: 50,
  icmp6: 58,
  sctp: 132,
};

/** Reads `address=10.0.0.0/8,port=53,protocol=udp`. Throws a RangeError that says what was expected. */
export function parseFlowFilter(text: string): FlowFilter {
  const filter: { -readonly [K in keyof FlowFilter]: FlowFilter[K] } = { address: null, port: null, protocol: null };
  for (const part of text.split(/[\s,]+/).filter((each) => each !== '')) {
    const [key, value, ...rest] = part.split('=');
    if (value === undefined || rest.length > 0) throw new RangeError(`filter '${part}': expected key=value`);
    if (key === 'address') filter.address = parseAddress(value);
    else if (key === 'port') filter.port = number(key, value, 65_535);
    else if (key === 'protocol') filter.protocol = PROTOCOLS[value] ?? number(key, value, 255);
    else throw new RangeError(`filter '${part}': expected address, port or protocol`);
  }
  return filter;
}

/** Whether the record at word `r` of `words` (a flow record, or a closed one) passes. */
export function passes(filter: FlowFilter, words: Int32Array, r: number): boolean {
  const { address, port, protocol } = filter;
  const word = words[r + W.Protocol];
  if (protocol !== null && (word & 0xff) !== protocol) return false;
  if (port !== null) {
    const ports = words[r + W.Ports];
    if (ports >>> 16 !== port && (ports & 0xffff) !== port) return false;
  }
  if (address === null) return true;
  if (((word >>> 8) & 0xff) !== address.version) return false;
  return isWithin(address, words, r + W.SourceAddress) || isWithin(address, words, r + W.DestinationAddress);
}

function isWithin(
  { words: wanted, prefix }: NonNullable<FlowFilter['address']>,
  words: Int32Array,
  at: number,
): boolean {
  for (let w = 0, bits = prefix; bits > 0; w++, bits -= 32) {
    const mask = bits >= 32 ? -1 : ~(0xffffffff >>> bits);
    if (((words[at + w] ^ wanted[w]) & mask) !== 0) return false;
  }
  return true;
}

function parseAddress(text: string): FlowFilter['address'] {
  const [address, length] = text.split('/');
  const version = isIPv4(address) ? 4 : isIPv6(address) ? 6 : 0;
  if (version === 0) throw new RangeError(`filter address '${text}': expected an IPv4 or IPv6 address, or a prefix`);
  const bits = version === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : number('address prefix', length, bits);
  return { version, words: version === 4 ? [ipv4Word(address)] : ipv6Words(address), prefix };
}

function ipv4Word(address: string): number {
  return address.split('.').reduce((sum, part) => (sum << 8) | Number(part), 0);
}

function ipv6Words(address: string): number[] {
  // The URL parser knows how to write an address in full; only the gap is left to fill.
  const host = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [head, tail] = host.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const groups =
    tail === undefined ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  const numbers = groups.map((group) => parseInt(group, 16));
  return [0, 2, 4, 6].map((i) => (numbers[i] << 16) | numbers[i + 1]);
}

function number(key: string, text: string, largest: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(value <= largest))
    throw new RangeError(`filter ${key} '${text}': expected a whole number from 0 to ${largest}`);
  return value;
}
