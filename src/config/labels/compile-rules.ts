import { Transport } from '../../dpi/protocol.js';
import { REGISTRY } from '../../dpi/registry.js';
import { RULE_NAMES } from '../../dpi/rules/rule-names.js';
import { HostHash, slotOf } from '../../dpi/rules/rule-set.js';
import { Condition, HostWord, RuleBound, type RuleTables, RuleWord, Side } from '../../dpi/rules/rule-tables.js';
import type { LabelRule, Network } from './label-rule.js';

const TRANSPORTS = { tcp: Transport.Tcp, udp: Transport.Udp, both: Transport.Both } as const;
const SIDES = { either: Side.Either, client: Side.Client, server: Side.Server } as const;

/** The rules of all files cannot be used together. */
export class LabelRuleError extends Error {
  override readonly name = 'LabelRuleError';
}

/** Makes the tables of rules, in the order in which they are to be asked. Throws a `LabelRuleError`. */
export function compileRules(rules: readonly LabelRule[]): RuleTables {
  if (rules.length > RuleBound.Rules)
    throw new LabelRuleError(`${rules.length} rules: expected ${RuleBound.Rules} at most`);
  return new RuleCompiler(rules).tables();
}

/** The numbers of labels by name: those that rules give, and for others one that follows from the name. */
export function labelNumbers(rules: readonly LabelRule[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const taken = new Map<number, string>();
  for (const { name, number, place } of rules) {
    if (number === null) continue;
    const other = taken.get(number);
    const before = numbers.get(name);
    if (other !== undefined && other !== name)
      throw new LabelRuleError(`${place}: number: ${number} is that of ${other}`);
    if (before !== undefined && before !== number)
      throw new LabelRuleError(`${place}: number: ${name} has ${before} already`);
    numbers.set(name, number);
    taken.set(number, name);
  }
  for (const { name } of rules) {
    if (numbers.has(name)) continue;
    const number = REGISTRY.named(name)?.label ?? freeNumber(name, taken);
    numbers.set(name, number);
    taken.set(number, name);
  }
  return numbers;
}

/** The same for a name whatever other rules there are, unless two names would have one. */
function freeNumber(name: string, taken: ReadonlyMap<number, string>): number {
  const count = RuleBound.LargestNumber - RuleBound.LeastFreeNumber + 1;
  let hash = 0;
  for (const octet of Buffer.from(name)) hash = (Math.imul(hash, 31) + octet) >>> 0;
  for (let n = 0; n < count; n++) {
    const number = RuleBound.LeastFreeNumber + ((hash + n) % count);
    if (!taken.has(number)) return number;
  }
  throw new LabelRuleError(`more than ${count} labels without a number`);
}

class RuleCompiler {
  readonly #ranges: number[] = [];
  readonly #octets: number[] = [];
  readonly #programs: Int32Array[] = [];
  readonly #hostRules = new Map<string, number[]>();
  #payloadBits = 0;

  constructor(private readonly rules: readonly LabelRule[]) {}

  tables(): RuleTables {
    const numbers = labelNumbers(this.rules);
    const words = this.rules.flatMap((rule, n) => this.#rule(rule, n, numbers.get(rule.name) ?? 0));
    const places = new Set(this.rules.map(({ name }) => placeOf(name, numbers.get(name) ?? 0)));
    const conditions = this.rules.map(conditionsOf);
    return {
      names: RULE_NAMES.all.filter(({ place }) => places.has(place)),
      rules: Int32Array.from(words),
      ranges: Int32Array.from(this.#ranges),
      programs: this.#programs,
      hasHosts: conditions.some((each) => each & Condition.Hosts),
      hasPayload: conditions.some((each) => each & Condition.Payload),
      hasEnds: conditions.some((each) => (each & ~(Condition.Ports | Condition.Networks)) === 0),
      ...this.#hostTables(),
      octets: Uint8Array.from(this.#octets),
    };
  }

  #rule(rule: LabelRule, n: number, number: number): number[] {
    const { expression, hosts, networks, ports, prefixes, side, name } = rule;
    const conditions = conditionsOf(rule);
    for (const host of hosts) {
      const listed = this.#hostRules.get(host) ?? [];
      if (!listed.includes(n)) listed.push(n);
      this.#hostRules.set(host, listed);
    }
    const words = Array.from({ length: RuleWord.Words }, () => 0);
    words[RuleWord.Conditions] = conditions;
    words[RuleWord.Name] = placeOf(name, number);
    words[RuleWord.Number] = number;
    words[RuleWord.Side] = SIDES[side];
    words[RuleWord.Ports] = this.#ranges.length;
    for (const { transport, low, high } of ports) this.#ranges.push(TRANSPORTS[transport], low, high);
    words[RuleWord.PortsEnd] = this.#ranges.length;
    for (const [first, end, length] of [
      [RuleWord.Networks4, RuleWord.Networks4End, 1],
      [RuleWord.Networks6, RuleWord.Networks6End, 4],
    ]) {
      words[first] = this.#ranges.length;
      const own = outermost(networks.filter(({ low }) => low.length === length));
      for (const { low, high } of own) this.#ranges.push(...low, ...high);
      words[end] = this.#ranges.length;
    }
    words[RuleWord.Prefixes] = this.#ranges.length;
    for (const { at, octets } of prefixes) {
      const from = this.#octets.push(...octets) - octets.length;
      this.#ranges.push(at, from, from + octets.length);
    }
    words[RuleWord.PrefixesEnd] = this.#ranges.length;
    words[RuleWord.Program] = expression === null ? -1 : this.#programs.push(expression.program) - 1;
    if (this.#programs.length > RuleBound.Programs) {
      throw new LabelRuleError(`${rule.place}: expression: more than ${RuleBound.Programs} of them`);
    }
    const waits = (conditions & Condition.Hosts) !== 0 && (conditions & Condition.Payload) !== 0;
    if (waits && this.#payloadBits === RuleBound.PayloadBits) {
      throw new LabelRuleError(
        `${rule.place}: more than ${RuleBound.PayloadBits} rules that ask for hosts and for payload`,
      );
    }
    words[RuleWord.PayloadBit] = waits ? 1 << this.#payloadBits++ : 0;
    return words;
  }

  #hostTables(): Pick<RuleTables, 'hosts' | 'hostSlots' | 'hostRules'> {
    const names = [...this.#hostRules.keys()];
    const numbers = new Map(names.map((name, n) => [name, n]));
    const hostRules: number[] = [];
    const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * names.length + 2)));
    const hosts = names.flatMap((name, n) => {
      const octets = Buffer.from(name);
      const at = this.#octets.length;
      for (const octet of octets) this.#octets.push(octet);
      const first = hostRules.length;
      hostRules.push(...(this.#hostRules.get(name) ?? []));
      const hash = hashOf(octets);
      let slot = slotOf(hash, slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = n + 1;
      const words = Array.from({ length: HostWord.Words }, () => 0);
      words[HostWord.Hash] = hash;
      words[HostWord.At] = at;
      words[HostWord.Length] = octets.length;
      words[HostWord.Rules] = first;
      words[HostWord.RulesEnd] = hostRules.length;
      words[HostWord.Shorter] = shorter(name, numbers) + 1;
      return words;
    });
    return { hosts: Int32Array.from(hosts), hostSlots: slots, hostRules: Int32Array.from(hostRules) };
  }
}

/** Place of the label in the list of names: that of the protocol that is called so. */
function placeOf(name: string, number: number): number {
  const protocol = REGISTRY.named(name);
  if (protocol !== undefined) return protocol.number + 1;
  const place = RULE_NAMES.add(name, number);
  if (place === 0) throw new LabelRuleError('there is no room for more labels: expected fewer names, or a restart');
  return place;
}

function conditionsOf({ expression, hosts, networks, ports, prefixes }: LabelRule): number {
  return (
    (ports.length > 0 ? Condition.Ports : 0) |
    (networks.length > 0 ? Condition.Networks : 0) |
    (prefixes.length > 0 ? Condition.Prefix : 0) |
    (expression === null ? 0 : Condition.Expression) |
    (hosts.length > 0 ? Condition.Hosts : 0)
  );
}

/** In order, without those that lie within another one. */
function outermost(networks: readonly Network[]): Network[] {
  const inOrder = [...networks].sort((a, b) => compare(a.low, b.low) || compare(b.high, a.high));
  const kept: Network[] = [];
  for (const each of inOrder) {
    const last = kept.at(-1);
    if (last === undefined || compare(each.high, last.high) > 0) kept.push(each);
  }
  return kept;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const n = a.findIndex((word, i) => word !== b[i]);
  return n < 0 ? 0 : (a[n] >>> 0) - (b[n] >>> 0);
}

function hashOf(octets: Uint8Array): number {
  return octets.reduceRight((hash, octet) => Math.imul(hash ^ octet, HostHash.Prime), HostHash.Start as number);
}

/** Number of the longest suffix of a name that is listed as well, -1 without one. */
function shorter(name: string, numbers: ReadonlyMap<string, number>): number {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const number = numbers.get(name.slice(dot + 1));
    if (number !== undefined) return number;
  }
  return -1;
}
