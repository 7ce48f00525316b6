import { Fact, type DecodedBatch, Size } from '../decode/decoded-batch.js';
import { writeHash } from '../decode/key-columns.js';
import { type HashSeed, mix } from '../decode/flow-key.js';
import { isIcmp } from '../decode/transport/ports.js';

/** How long after the last fragment of a datagram its ports are remembered. */
const LIFETIME_US = 30e6;

const BUCKETS = 1 << 14;
const WAYS = 4;
/**
 * Words of an entry: what names the datagram (8 address words, protocol, VLANs, scope, identification), what the first
 * fragment taught (ports, protocol word of the key); then the time (µs).
 */
const ENTRY_WORDS = 16;
const E_PROTOCOL_NAMED = 8;
const E_IDENTIFICATION = 11;
const E_PORTS = 12;
const E_PROTOCOL = 13;
const TIME_FLOAT = 7;

/** In the protocol word of a key, which has the IP version and the interface above it. */
const PROTOCOL_MASK = 0xff;

/**
 * The ports of datagrams whose first fragment has been seen, so that every later fragment belongs to the same flow
 * (addresses, VLANs, identification and, in IPv4, protocol name a datagram: RFC 791 §2.3, RFC 8200 §4.5). In IPv6 the
 * protocol is learned, too: where the fragments of a datagram begin with an extension header, only the first one tells
 * what comes after. Four ways a bucket; when all four are in use the oldest gives way, and is counted. Holds no packet data.
 */
export class FragmentPorts {
  /** First fragments whose ports were forgotten before their time because the table was full. */
  overflow = 0;
  /** Later fragments metered with ports 0, since their first fragment had not been seen. */
  unknown = 0;
  private words: Int32Array | null = null;
  private floats = new Float64Array(0);
  private readonly wanted = new Int32Array(ENTRY_WORDS);

  constructor(private readonly seed: HashSeed) {}

  /** Learns from the first and completes the later fragments of the batch: key, hash and facts. */
  pass(batch: DecodedBatch): void {
    const { count, facts, key } = batch;
    for (let i = 0; i < count; i++) {
      if ((facts[i] & (Fact.FragmentFirst | Fact.FragmentLater)) === 0) continue;
      const entry = this.find(batch, i);
      const words = this.words as Int32Array;
      const k = i << Size.KeyShift;
      if (facts[i] & Fact.FragmentFirst) {
        words.set(this.wanted, entry * ENTRY_WORDS);
        words[entry * ENTRY_WORDS + E_PORTS] = key[k | 8];
        words[entry * ENTRY_WORDS + E_PROTOCOL] = key[k | 9];
        this.floats[(entry * ENTRY_WORDS) / 2 + TIME_FLOAT] = batch.timeUs[i];
      } else if (this.known) {
        key[k | 8] = words[entry * ENTRY_WORDS + E_PORTS];
        key[k | 9] = words[entry * ENTRY_WORDS + E_PROTOCOL];
        facts[i] = (facts[i] & ~Fact.Icmp) | Fact.PortsPresent | (isIcmp(key[k | 9] & PROTOCOL_MASK) ? Fact.Icmp : 0);
        this.floats[(entry * ENTRY_WORDS) / 2 + TIME_FLOAT] = batch.timeUs[i];
        writeHash(batch, i, this.seed);
      } else this.unknown++;
    }
  }

  private known = false;

  /** The entry of the datagram of row `i` (`known`), or the one it shall have. */
  private find(batch: DecodedBatch, i: number): number {
    if (this.words === null) {
      const entries = new ArrayBuffer(BUCKETS * WAYS * ENTRY_WORDS * 4);
      this.words = new Int32Array(entries);
      this.floats = new Float64Array(entries);
    }
    const { words, floats, wanted, seed } = this;
    this.want(batch, i);
    let h = seed[0];
    for (let w = 0; w <= E_IDENTIFICATION; w++) h = mix(h ^ Math.imul(wanted[w], seed[w & 7]));
    const bucket = (h & (BUCKETS - 1)) * WAYS;
    const now = batch.timeUs[i];
    let oldest = bucket;
    for (let way = bucket; way < bucket + WAYS; way++) {
      const e = way * ENTRY_WORDS;
      let w = 0;
      while (w <= E_IDENTIFICATION && words[e + w] === wanted[w]) w++;
      if (w > E_IDENTIFICATION && now - floats[e / 2 + TIME_FLOAT] <= LIFETIME_US) {
        this.known = true;
        return way;
      }
      if (floats[e / 2 + TIME_FLOAT] < floats[(oldest * ENTRY_WORDS) / 2 + TIME_FLOAT]) oldest = way;
    }
    this.known = false;
    const e = oldest * ENTRY_WORDS;
    const inUse = words[e + E_PROTOCOL_NAMED] !== 0 && now - floats[e / 2 + TIME_FLOAT] <= LIFETIME_US;
    if (inUse && batch.facts[i] & Fact.FragmentFirst) this.overflow++;
    return oldest;
  }

  /** Writes into `wanted` what names the datagram of row `i`. */
  private want(batch: DecodedBatch, i: number): void {
    const { wanted } = this;
    const k = i << Size.KeyShift;
    const version6 = (batch.key[k | 9] & 0x200) !== 0;
    for (let w = 0; w < 8; w++) wanted[w] = version6 || w === 0 || w === 4 ? batch.key[k + w] : 0;
    for (let w = E_PROTOCOL_NAMED; w < E_IDENTIFICATION; w++) wanted[w] = batch.key[k + w + 1];
    if (version6) wanted[E_PROTOCOL_NAMED] &= ~PROTOCOL_MASK;
    wanted[E_IDENTIFICATION] = batch.identification[i];
  }
}
