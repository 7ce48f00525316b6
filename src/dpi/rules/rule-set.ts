import { W } from '../../flow/flow-record.js';
import { Protocol as IpProtocol } from '../../decode/transport/ports.js';
import { Transport } from '../protocol.js';
import { ExpressionMatcher } from './expression-matcher.js';
import { Condition, HostWord, RuleBound, type RuleTables, RuleWord, Side } from './rule-tables.js';

const DOT = 0x2e;
const COLON = 0x3a;

/** Hash of a host's octets, taken from the last to the first: so those of all suffixes come up on the way. */
export const enum HostHash {
  Start = 0x811c9dc5 | 0,
  Prime = 0x01000193,
}

/** Answers which rule fits. Rules are numbers, -1 for none; the first of the list that fits goes before the others. */
export class RuleSet {
  private readonly matchers: ExpressionMatcher[] = [];
  private readonly mask: number;
  /** Of `payload`: bits of the rules whose payload fits, and that ask for a host as well. */
  payloadBits = 0;

  constructor(readonly tables: RuleTables) {
    for (const program of tables.programs) this.matchers.push(new ExpressionMatcher(program));
    this.mask = tables.hostSlots.length - 1;
  }

  word(rule: number, word: RuleWord): number {
    return this.tables.rules[rule * RuleWord.Words + word];
  }

  /**
   * The longest listed suffix of a host name, which ends at `to` or before a dot or a port there; -1 without one. Suffixes
   * begin where labels of the name begin, and their letters have no case.
   */
  suffixOf(octets: Uint8Array, from: number, to: number): number {
    const { hostSlots, hosts } = this.tables;
    let end = to;
    for (let p = from; p < to; p++) {
      if (octets[p] !== COLON) continue;
      end = p;
      break;
    }
    while (end > from && octets[end - 1] === DOT) end--;
    if (end - from > RuleBound.Host) return -1;
    let hash: number = HostHash.Start;
    let found = -1;
    for (let p = end - 1; p >= from; p--) {
      hash = Math.imul(hash ^ lower(octets[p]), HostHash.Prime);
      if (p !== from && octets[p - 1] !== DOT) continue;
      for (let slot = slotOf(hash, this.mask); hostSlots[slot] !== 0; slot = (slot + 1) & this.mask) {
        const entry = hostSlots[slot] - 1;
        const h = entry * HostWord.Words;
        if (hosts[h + HostWord.Hash] !== hash || !this.isSuffix(h, octets, p, end)) continue;
        found = entry;
        break;
      }
    }
    return found;
  }

  /**
   * The first rule of a suffix, or of a shorter one of it, that fits the flow whose key stands at word `at`.
   * @param payloadBits what `payload` said of the flow
   */
  ofSuffix(entry: number, key: Int32Array, at: number, payloadBits: number): number {
    const { hosts, hostRules } = this.tables;
    for (let each = entry; each >= 0;) {
      const h = each * HostWord.Words;
      for (let n = hosts[h + HostWord.Rules]; n < hosts[h + HostWord.RulesEnd]; n++) {
        const rule = hostRules[n];
        const bit = this.word(rule, RuleWord.PayloadBit);
        if ((payloadBits & bit) === bit && this.fitsEnds(rule, key, at)) return rule;
      }
      each = hosts[h + HostWord.Shorter] - 1;
    }
    return -1;
  }

  /** The first rule that asks for no host and fits the payload of a packet, whose sender is that of the flow's first one when `direction` is 0. */
  payload(octets: Uint8Array, from: number, to: number, direction: number, key: Int32Array, at: number): number {
    const { rules } = this.tables;
    const end = Math.min(to, from + RuleBound.PayloadOctets);
    this.payloadBits = 0;
    for (let r = 0, rule = 0; r < rules.length; r += RuleWord.Words, rule++) {
      const conditions = rules[r + RuleWord.Conditions];
      if ((conditions & Condition.Payload) === 0) continue;
      const side = rules[r + RuleWord.Side];
      if (side !== Side.Either && side !== (direction === 0 ? Side.Client : Side.Server)) continue;
      if (!this.fitsEnds(rule, key, at) || !this.fitsPrefixes(r, octets, from, end)) continue;
      const program = rules[r + RuleWord.Program];
      if (program >= 0 && !this.matchers[program].matches(octets, from, end)) continue;
      if ((conditions & Condition.Hosts) === 0) return rule;
      this.payloadBits |= rules[r + RuleWord.PayloadBit];
    }
    return -1;
  }

  /** The first rule that asks for nothing but networks, perhaps with ports; for ports alone when `byPort`. */
  ends(key: Int32Array, at: number, byPort: boolean): number {
    const { rules } = this.tables;
    const needed = byPort ? Condition.Ports : Condition.Networks;
    for (let r = 0, rule = 0; r < rules.length; r += RuleWord.Words, rule++) {
      const conditions = rules[r + RuleWord.Conditions];
      if (conditions & ~(Condition.Ports | Condition.Networks) || (conditions & needed) === 0) continue;
      if (byPort && conditions !== Condition.Ports) continue;
      if (this.fitsEnds(rule, key, at)) return rule;
    }
    return -1;
  }

  private isSuffix(h: number, octets: Uint8Array, from: number, to: number): boolean {
    const { hosts, octets: listed } = this.tables;
    const length = to - from;
    if (hosts[h + HostWord.Length] !== length) return false;
    const at = hosts[h + HostWord.At];
    for (let n = 0; n < length; n++) if (listed[at + n] !== lower(octets[from + n])) return false;
    return true;
  }

  private fitsEnds(rule: number, key: Int32Array, at: number): boolean {
    const { rules } = this.tables;
    const r = rule * RuleWord.Words;
    const conditions = rules[r + RuleWord.Conditions];
    if (conditions & Condition.Ports && !this.fitsPorts(r, key, at)) return false;
    if ((conditions & Condition.Networks) === 0) return true;
    const isV6 = ((key[at | W.Protocol] >>> 8) & 0xff) === 6;
    if (!isV6) return this.isIn4(r, key[at | W.SourceAddress]) || this.isIn4(r, key[at | W.DestinationAddress]);
    return this.isIn6(r, key, at | W.SourceAddress) || this.isIn6(r, key, at | W.DestinationAddress);
  }

  /** Whether a port of either end is listed. */
  private fitsPorts(r: number, key: Int32Array, at: number): boolean {
    const { rules, ranges } = this.tables;
    const protocol = key[at | W.Protocol] & 0xff;
    const transport = protocol === IpProtocol.Tcp ? Transport.Tcp : protocol === IpProtocol.Udp ? Transport.Udp : 0;
    const source = key[at | W.Ports] >>> 16;
    const destination = key[at | W.Ports] & 0xffff;
    for (let n = rules[r + RuleWord.Ports]; n < rules[r + RuleWord.PortsEnd]; n += 3) {
      const low = ranges[n + 1];
      const high = ranges[n + 2];
      if ((ranges[n] & transport) === 0) continue;
      if ((source >= low && source <= high) || (destination >= low && destination <= high)) return true;
    }
    return false;
  }

  private isIn4(r: number, address: number): boolean {
    const { rules, ranges } = this.tables;
    const first = rules[r + RuleWord.Networks4];
    let low = 0;
    let high = (rules[r + RuleWord.Networks4End] - first) >>> 1;
    // The last range that begins at the address or before it.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ranges[first + 2 * middle] >>> 0 <= address >>> 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && ranges[first + 2 * low - 1] >>> 0 >= address >>> 0;
  }

  private isIn6(r: number, key: Int32Array, at: number): boolean {
    const { rules, ranges } = this.tables;
    const first = rules[r + RuleWord.Networks6];
    let low = 0;
    let high = (rules[r + RuleWord.Networks6End] - first) >>> 3;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare6(ranges, first + 8 * middle, key, at) <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && compare6(ranges, first + 8 * low - 4, key, at) >= 0;
  }

  private fitsPrefixes(r: number, octets: Uint8Array, from: number, to: number): boolean {
    const { rules, ranges, octets: listed } = this.tables;
    for (let n = rules[r + RuleWord.Prefixes]; n < rules[r + RuleWord.PrefixesEnd]; n += 3) {
      let p = from + ranges[n];
      if (p + ranges[n + 2] - ranges[n + 1] > to) return false;
      for (let q = ranges[n + 1]; q < ranges[n + 2]; q++) if (octets[p++] !== listed[q]) return false;
    }
    return true;
  }
}

/** First slot of a hash: its upper bits count, too. */
export function slotOf(hash: number, mask: number): number {
  return (hash ^ (hash >>> 16)) & mask;
}

function lower(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
}

/** Addresses of four words as unsigned numbers: below zero when `a` is less. */
function compare6(a: Int32Array, at: number, b: Int32Array, to: number): number {
  for (let n = 0; n < 4; n++) {
    const left = a[at + n] >>> 0;
    const right = b[to + n] >>> 0;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
