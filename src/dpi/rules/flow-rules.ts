import { Protocol as IpProtocol } from '../../decode/transport/ports.js';
import { W } from '../../flow/flow-record.js';
import { APPLICATION_ENGINE, Basis, DpiWord, ServiceBits } from '../flow-state.js';
import { AnswerTable } from './answer-table.js';
import { noteAnswers } from './dns-answers.js';
import { RULE_NAMES } from './rule-names.js';
import { RuleSet } from './rule-set.js';
import { RuleWord, type RuleTables } from './rule-tables.js';

const GENERATIONS = 16;

/**
 * What the rules of the user say of flows: the word `DpiWord.Service` of each, and the number that records have. A flow
 * keeps to the rules that were in use when it began, until they change a second time. Methods answer the rule that now
 * gives the label of the flow whose `DpiWord` words begin at `e`, -1 when nothing has changed.
 */
export class FlowRules {
  /** A rule asks for a host, for payload, for the ends of a flow. */
  hasHosts = false;
  hasPayload = false;
  hasEnds = false;
  /** What `DpiWord.Service` is when a flow begins. */
  fresh = 0;
  readonly answers: AnswerTable;
  private set: RuleSet | null = null;
  private generation = 0;
  /** Those before the last change, for flows that began with them, and what `fresh` was then. */
  private former: RuleSet | null = null;
  private formerFresh = -1;

  constructor(tables: RuleTables | null, answers: ArrayBufferLike | undefined) {
    this.answers = new AnswerTable(answers);
    this.use(tables);
  }

  /** Flows that begin from now on go by these rules. */
  use(tables: RuleTables | null): void {
    this.former = this.set;
    this.formerFresh = this.fresh;
    this.generation = (this.generation + 1) % GENERATIONS;
    this.fresh = this.generation << ServiceBits.GenerationShift;
    this.set = tables === null ? null : new RuleSet(tables);
    const before = this.former?.tables;
    this.hasHosts = (tables?.hasHosts ?? false) || (before?.hasHosts ?? false);
    this.hasPayload = (tables?.hasPayload ?? false) || (before?.hasPayload ?? false);
    this.hasEnds = (tables?.hasEnds ?? false) || (before?.hasEnds ?? false);
    if (tables !== null) RULE_NAMES.adopt(tables.names);
  }

  /** Notes what an answer of DNS says of addresses. */
  noteAnswer(octets: Uint8Array, from: number, to: number, timeUs: number): void {
    if (this.set !== null && this.hasHosts)
      noteAnswers(octets, from, to, this.set, this.answers, this.generation, timeUs);
  }

  /** The flow begins: the name by which the address of its server was asked for, when that is known. */
  begin(extension: Int32Array, e: number, key: Int32Array, at: number, timeUs: number): number {
    const { answers, generation, set } = this;
    const protocol = key[at | W.Protocol] & 0xff;
    if (set === null || (protocol !== IpProtocol.Tcp && protocol !== IpProtocol.Udp)) return -1;
    // The suffixes of answers are those of the rules in use now.
    if ((extension[e + DpiWord.Service] & ServiceBits.GenerationMask) !== this.fresh) return -1;
    const isV6 = ((key[at | W.Protocol] >>> 8) & 0xff) === 6;
    let suffix = answers.at(key, at | W.DestinationAddress, isV6, generation, timeUs);
    if (suffix < 0) suffix = answers.at(key, at | W.SourceAddress, isV6, generation, timeUs);
    return suffix < 0 ? -1 : this.give(extension, e, set, set.ofSuffix(suffix, key, at, 0), Basis.Answer);
  }

  /** The flow tells the name of the host. */
  host(
    extension: Int32Array,
    e: number,
    octets: Uint8Array,
    from: number,
    to: number,
    key: Int32Array,
    at: number,
  ): number {
    const word = extension[e + DpiWord.Service];
    const set = this.setOf(word);
    if (set === null || word & ServiceBits.HostKnown) return -1;
    extension[e + DpiWord.Service] = word | ServiceBits.HostKnown;
    const suffix = set.suffixOf(octets, from, to);
    const rule = suffix < 0 ? -1 : set.ofSuffix(suffix, key, at, word >>> ServiceBits.PayloadShift);
    if (rule >= 0) return this.give(extension, e, set, rule, Basis.Host);
    // Several names share the address: what it was asked for is not what was meant.
    if (basisOf(word) === Basis.Answer) this.withdraw(extension, e);
    return -1;
  }

  /** A packet with payload: the first one of either direction is looked at. Its key stands at word `at`. */
  payload(
    extension: Int32Array,
    e: number,
    octets: Uint8Array,
    from: number,
    to: number,
    direction: number,
    key: Int32Array,
    at: number,
  ): number {
    const word = extension[e + DpiWord.Service];
    const set = this.setOf(word);
    const looked = ServiceBits.Looked << direction;
    if (set === null || word & looked) return -1;
    const rule = set.payload(octets, from, to, direction, key, at);
    extension[e + DpiWord.Service] = word | looked | (set.payloadBits << ServiceBits.PayloadShift);
    return this.give(extension, e, set, rule, Basis.Payload);
  }

  /** The flow ends: rules of networks, and those of ports alone when nothing else labels it. */
  end(extension: Int32Array, e: number, key: Int32Array, at: number, labelByPort: boolean): number {
    const word = extension[e + DpiWord.Service];
    const set = this.setOf(word);
    if (set === null || basisOf(word) > Basis.Network) return -1;
    const rule = set.ends(key, at, false);
    if (rule >= 0) return this.give(extension, e, set, rule, Basis.Network);
    if (!labelByPort || extension[e + DpiWord.Path] !== 0) return -1;
    return this.give(extension, e, set, set.ends(key, at, true), Basis.Port);
  }

  /** The rules that a flow goes by. */
  private setOf(word: number): RuleSet | null {
    const generation = word & ServiceBits.GenerationMask;
    if (generation === this.fresh) return this.set;
    return generation === this.formerFresh ? this.former : null;
  }

  private give(extension: Int32Array, e: number, set: RuleSet, rule: number, basis: Basis): number {
    const word = extension[e + DpiWord.Service];
    if (rule < 0 || basis <= basisOf(word)) return -1;
    const number = set.word(rule, RuleWord.Number);
    const others = word & ~(ServiceBits.NameMask | ServiceBits.BasisMask);
    extension[e + DpiWord.Service] = others | set.word(rule, RuleWord.Name) | (basis << ServiceBits.BasisShift);
    extension[e + DpiWord.Application] = APPLICATION_ENGINE | number;
    if (extension[e + DpiWord.Path] === 0) extension[e + DpiWord.Number] = number;
    return rule;
  }

  private withdraw(extension: Int32Array, e: number): void {
    extension[e + DpiWord.Service] &= ~(ServiceBits.NameMask | ServiceBits.BasisMask);
    if (extension[e + DpiWord.Path] === 0) extension[e + DpiWord.Number] = 0;
    const number = extension[e + DpiWord.Number];
    extension[e + DpiWord.Application] = number === 0 ? 0 : APPLICATION_ENGINE | number;
  }
}

export function basisOf(word: number): Basis {
  return (word & ServiceBits.BasisMask) >>> ServiceBits.BasisShift;
}
