import { durationUs, sizeOctets } from '../../config/units.js';
import { FilterField, Relation } from './filter-evaluation.js';
import { suggestion } from '../../config/nearest.js';

/**
 * The expressions of `filter=`, in the habit of tcpdump (pcap-filter(7)):
 *
 *     expression = term { ("and" | "or") term }          equal precedence, from left to right
 *     term       = [ "not" ] ( "(" expression ")" | test )
 *     test       = [ "src" | "dst" ] ( "host" ADDRESS | "net" ADDRESS/BITS | "port" N | "portrange" N-N | ADDRESS )
 *                | PROTOCOL [ [ "src" | "dst" ] ( "port" N | "portrange" N-N ) ] | "proto" PROTOCOL | "ip" | "ip6"
 *                | "vlan" [ N ] | "end-reason" REASON | FIELD RELATION NUMBER
 *
 * After "and" and "or" a bare value repeats the test before it: `port 80 or 443`.
 */

export type FilterTree =
  | { readonly kind: 'and' | 'or'; readonly left: FilterTree; readonly right: FilterTree }
  | { readonly kind: 'not'; readonly inner: FilterTree }
  | { readonly kind: 'number'; readonly field: FilterField; readonly relation: Relation; readonly value: number }
  | {
      readonly kind: 'network';
      readonly end: 'src' | 'dst';
      readonly version: 4 | 6;
      /** Four words, of which IPv4 uses the first. */
      readonly words: readonly number[];
      readonly bits: number;
    };

const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  icmp6: 58,
  ospf: 89,
  sctp: 132,
  udplite: 136,
};
const END_REASONS: Readonly<Record<string, number>> = { idle: 1, active: 2, end: 3, forced: 4, resources: 5 };
const RELATIONS: Readonly<Record<string, Relation>> = {
  '=': Relation.Equal,
  '==': Relation.Equal,
  '!=': Relation.NotEqual,
  '<': Relation.Less,
  '<=': Relation.AtMost,
  '>': Relation.Greater,
  '>=': Relation.AtLeast,
};

interface NumberField {
  readonly field: FilterField;
  readonly parse: (text: string) => number;
}
const NUMBER_FIELDS: Readonly<Record<string, NumberField>> = {
  packets: { field: FilterField.Packets, parse: count },
  'forward-packets': { field: FilterField.ForwardPackets, parse: count },
  'reverse-packets': { field: FilterField.ReversePackets, parse: count },
  octets: { field: FilterField.Octets, parse: sizeOctets },
  'forward-octets': { field: FilterField.ForwardOctets, parse: sizeOctets },
  'reverse-octets': { field: FilterField.ReverseOctets, parse: sizeOctets },
  duration: { field: FilterField.Duration, parse: durationUs },
  interface: { field: FilterField.Interface, parse: count },
};

/** What a test may begin with. */
const TESTS: readonly string[] = [
  ...['host', 'net', 'port', 'portrange', 'src', 'dst', 'proto', 'ip', 'ip6', 'vlan', 'end-reason'],
  ...Object.keys(NUMBER_FIELDS),
  ...Object.keys(PROTOCOLS),
];

type End = 'src' | 'dst' | 'both';
type ValueTest = (text: string) => FilterTree;

/** Deepest nesting of parentheses and `not`. */
const MOST_NESTED = 100;

/** Throws a RangeError that says what is wrong, where, and what is allowed. */
export function parseFilter(text: string): FilterTree {
  return new FilterParser(text).parse();
}

class FilterParser {
  readonly #text: string;
  readonly #tokens: readonly { readonly text: string; readonly at: number }[];
  #next = 0;
  #nested = 0;
  /** What a bare value means: the test of the value before. */
  #repeated: ValueTest | null = null;

  constructor(text: string) {
    this.#text = text;
    const found = text.matchAll(/[()]|&&|\|\||[<>!=]=?|[^\s()<>!=&|]+|\S/g);
    this.#tokens = Array.from(found, (match) => ({ text: match[0], at: match.index }));
  }

  parse(): FilterTree {
    const tree = this.#expression();
    if (this.#next < this.#tokens.length) throw this.#wrong("expected 'and', 'or' or the end");
    return tree;
  }

  #expression(): FilterTree {
    let left = this.#term();
    for (;;) {
      const kind = this.#takeOneOf({ and: 'and', '&&': 'and', or: 'or', '||': 'or' } as const);
      if (kind === undefined) return left;
      left = { kind, left, right: this.#term() };
    }
  }

  #term(): FilterTree {
    if (++this.#nested > MOST_NESTED) throw this.#wrong(`nested deeper than ${MOST_NESTED}`);
    const tree = this.#innerTerm();
    this.#nested--;
    return tree;
  }

  #innerTerm(): FilterTree {
    if (this.#take('not') || this.#take('!')) return { kind: 'not', inner: this.#term() };
    if (!this.#take('(')) return this.#test();
    const tree = this.#expression();
    if (!this.#take(')')) throw this.#wrong("expected ')'");
    return tree;
  }

  #test(): FilterTree {
    const word = this.#peek();
    const end = this.#takeOneOf({ src: 'src', dst: 'dst' } as const);
    if (end !== undefined) return this.#ofEnd(end);
    if (['host', 'net', 'port', 'portrange'].includes(word)) return this.#ofEnd('both');
    if (this.#take('ip')) return equal(FilterField.Version, 4);
    if (this.#take('ip6')) return equal(FilterField.Version, 6);
    if (this.#take('proto')) return this.#value((text) => equal(FilterField.Protocol, protocol(text)));
    if (this.#take('end-reason')) return this.#value((text) => equal(FilterField.EndReason, named(END_REASONS, text)));
    if (this.#take('vlan')) return this.#vlan();
    if (Object.hasOwn(PROTOCOLS, word)) return this.#protocol();
    if (Object.hasOwn(NUMBER_FIELDS, word)) return this.#comparison();
    // A word would hide a mistake in the name of a test.
    if (this.#repeated !== null && /^[\d:.][\da-f:./-]*$|^[\da-f]*:[\da-f:./]*$/i.test(word)) {
      return this.#value(this.#repeated);
    }
    if (isAddress(word)) return this.#value((text) => ofEnds('both', (each) => host(each, text)));
    throw this.#wrong(`expected a test${suggestion(word, TESTS)}: ${TESTS.join(', ')}`);
  }

  #ofEnd(end: End): FilterTree {
    if (this.#take('host')) return this.#value((text) => ofEnds(end, (each) => host(each, text)));
    if (this.#take('net')) return this.#value((text) => ofEnds(end, (each) => network(each, text)));
    const ports = this.#ports(end);
    if (ports !== null) return ports;
    if (isAddress(this.#peek())) return this.#value((text) => ofEnds(end, (each) => host(each, text)));
    throw this.#wrong(`expected host, net, port, portrange or an address behind '${end}'`);
  }

  #ports(end: End): FilterTree | null {
    if (this.#take('port')) return this.#value((text) => ofEnds(end, (each) => equal(portOf(each), port(text))));
    if (this.#take('portrange')) return this.#value((text) => ofEnds(end, (each) => portRange(each, text)));
    return null;
  }

  /** `tcp`, `tcp port 443`, `udp src port 53`. */
  #protocol(): FilterTree {
    const left = equal(FilterField.Protocol, protocol(this.#peek()));
    this.#next++;
    const end = ['port', 'portrange'].includes(this.#peek(1)) && this.#takeOneOf({ src: 'src', dst: 'dst' } as const);
    const right = this.#ports(end || 'both');
    if (right === null) return left;
    const ports = this.#repeated!;
    this.#repeated = (text) => ({ kind: 'and', left, right: ports(text) });
    return { kind: 'and', left, right };
  }

  #vlan(): FilterTree {
    if (!/^\d/.test(this.#peek())) return not(equal(FilterField.Vlan, -1));
    return this.#value((text) => equal(FilterField.Vlan, whole(text, 4_095)));
  }

  #comparison(): FilterTree {
    const name = this.#peek();
    const { field, parse } = NUMBER_FIELDS[name];
    this.#next++;
    const relation = this.#takeOneOf(RELATIONS);
    if (relation === undefined) throw this.#wrong(`expected one of ${Object.keys(RELATIONS).join(' ')} behind ${name}`);
    return this.#value((text) => ({ kind: 'number', field, relation, value: parse(text) }));
  }

  /** Reads one value. */
  #value(test: ValueTest): FilterTree {
    const text = this.#peek();
    if (text === '') throw this.#wrong('expected a value');
    try {
      const tree = test(text);
      this.#repeated = test;
      this.#next++;
      return tree;
    } catch (error) {
      throw this.#wrong((error as Error).message);
    }
  }

  /** The token to come, or one farther on; empty at the end. */
  #peek(ahead = 0): string {
    return this.#tokens[this.#next + ahead]?.text.toLowerCase() ?? '';
  }

  #take(word: string): boolean {
    const isThere = this.#peek() === word;
    if (isThere) this.#next++;
    return isThere;
  }

  #takeOneOf<T>(words: Readonly<Record<string, T>>): T | undefined {
    const word = this.#peek();
    if (!Object.hasOwn(words, word)) return undefined;
    this.#next++;
    return words[word];
  }

  #wrong(what: string): RangeError {
    const token = this.#tokens[this.#next];
    const where = token === undefined ? 'at the end' : `at '${token.text}' (character ${token.at + 1})`;
    return new RangeError(`'${this.#text}': ${where}: ${what}`);
  }
}

function equal(field: FilterField, value: number): FilterTree {
  return { kind: 'number', field, relation: Relation.Equal, value };
}

function not(inner: FilterTree): FilterTree {
  return { kind: 'not', inner };
}

function ofEnds(end: End, make: (end: 'src' | 'dst') => FilterTree): FilterTree {
  return end === 'both' ? { kind: 'or', left: make('src'), right: make('dst') } : make(end);
}

function portOf(end: 'src' | 'dst'): FilterField {
  return end === 'src' ? FilterField.SourcePort : FilterField.DestinationPort;
}

function portRange(end: 'src' | 'dst', text: string): FilterTree {
  const [from, to, more] = text.split('-');
  if (to === undefined || more !== undefined) throw new RangeError('expected two ports with a hyphen between');
  const field = portOf(end);
  return {
    kind: 'and',
    left: { kind: 'number', field, relation: Relation.AtLeast, value: port(from) },
    right: { kind: 'number', field, relation: Relation.AtMost, value: port(to) },
  };
}

function port(text: string): number {
  return whole(text, 65_535);
}

function protocol(text: string): number {
  return /^\d/.test(text) ? whole(text, 255) : named(PROTOCOLS, text);
}

function named(numbers: Readonly<Record<string, number>>, text: string): number {
  if (Object.hasOwn(numbers, text)) return numbers[text];
  const names = Object.keys(numbers);
  throw new RangeError(`expected one of ${names.join(', ')}${suggestion(text, names)}`);
}

function count(text: string): number {
  return whole(text, Number.MAX_SAFE_INTEGER);
}

function whole(text: string, most: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (value <= most) return value;
  throw new RangeError(`expected a whole number from 0 to ${most}`);
}

/** 4 or 6 for an address, else 0. What knows that is loaded here, since it takes time and few runs have a filter. */
function isIP(text: string): number {
  return process.getBuiltinModule('node:net').isIP(text);
}

function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}

function host(end: 'src' | 'dst', text: string): FilterTree {
  if (!isAddress(text)) throw new RangeError('expected an IPv4 or IPv6 address');
  return network(end, `${text}/${isIP(text) === 4 ? 32 : 128}`);
}

function network(end: 'src' | 'dst', text: string): FilterTree {
  const [address, bitsText, more] = text.split('/');
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || bitsText === undefined || more !== undefined) {
    throw new RangeError('expected a network such as 192.0.2.0/24 or 2001:db8::/32');
  }
  const bits = whole(bitsText, version === 4 ? 32 : 128);
  const words = version === 4 ? [ipv4Word(address), 0, 0, 0] : ipv6Words(address);
  if (networkMask(bits).some((mask, n) => (words[n] & ~mask) !== 0)) {
    throw new RangeError(`expected no bits of ${address} behind the first ${bits}`);
  }
  return { kind: 'network', end, version, words, bits };
}

/** Four words with the first `bits` bits set. */
export function networkMask(bits: number): number[] {
  return [0, 1, 2, 3].map((n) => {
    const inWord = Math.min(32, Math.max(0, bits - 32 * n));
    return inWord === 0 ? 0 : -1 << (32 - inWord);
  });
}

function ipv4Word(address: string): number {
  return address.split('.').reduce((word, part) => (word << 8) | Number(part), 0);
}

function ipv6Words(address: string): number[] {
  const withoutIpv4 = address.replace(/[\d.]+\.[\d.]+$/, (ipv4) => {
    const word = ipv4Word(ipv4);
    return `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
  });
  const [before, after] = withoutIpv4.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = after === undefined ? [] : new Array<string>(8 - before.length - after.length).fill('0');
  const groups = [...before, ...zeros, ...(after ?? [])].map((group) => parseInt(group, 16));
  return [0, 2, 4, 6].map((n) => (groups[n] << 16) | groups[n + 1]);
}
