import { type DecodedBatch, Fact, LengthTtl, Size } from '../../decode/decoded-batch.js';
import { W } from '../../flow/flow-record.js';
import type { FlowStore } from '../../flow/flow-store.js';

/**
 * Who talks, while somebody watches: octets and packets by address, service and label since the table was last taken. Tables of
 * fixed size; what finds no room in them is counted together. Off, it costs nothing.
 */

const SLOTS = 8_192;
/** Beyond this share of the slots no key is added, so that probing stays short. */
const MOST_KEYS = (SLOTS * 5) / 8;
const KEY_WORDS = 5;
/** An applicationId without its engine. */
const LABEL_MASK = 0xffffff;

/** One row of a table: what it stands for as 32-bit words, and its counts. */
export interface TalkerRow {
  /** Address: four words (IPv4: the first) and the IP version. Service: protocol and port. Application: number of the label. */
  readonly key: readonly number[];
  readonly octets: number;
  readonly packets: number;
}

export interface TalkerTable {
  readonly rows: readonly TalkerRow[];
  /** Of keys that found no room. */
  readonly otherOctets: number;
  /** Different keys in the table. */
  readonly keys: number;
}

export interface TalkersTaken {
  readonly talkers: TalkerTable;
  readonly services: TalkerTable;
  /** Null without inspection. */
  readonly applications: TalkerTable | null;
}

/** Where the labels of live flows stand: a word of the extension rows of a store. */
export interface LabelPlace {
  readonly store: Pick<FlowStore, 'extension' | 'extensionWords'>;
  readonly word: number;
}

/** Counts by key in typed arrays: open addressing, no deletion but of all. */
class CountTable {
  private readonly words = new Int32Array(SLOTS * KEY_WORDS);
  private readonly octets = new Float64Array(SLOTS);
  private readonly packets = new Float64Array(SLOTS);
  private keys = 0;
  private otherOctets = 0;

  add(k0: number, k1: number, k2: number, k3: number, k4: number, octets: number): void {
    const { words } = this;
    let hash =
      Math.imul(k0 ^ Math.imul(k1, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(k2 ^ Math.imul(k3, 31) ^ k4, 0xc2b2ae35);
    hash ^= hash >>> 15;
    for (let s = hash & (SLOTS - 1); ; s = (s + 1) & (SLOTS - 1)) {
      const w = s * KEY_WORDS;
      if (this.packets[s] === 0) {
        if (this.keys >= MOST_KEYS) {
          this.otherOctets += octets;
          return;
        }
        this.keys++;
        words[w] = k0;
        words[w + 1] = k1;
        words[w + 2] = k2;
        words[w + 3] = k3;
        words[w + 4] = k4;
      } else if (
        words[w] !== k0 ||
        words[w + 1] !== k1 ||
        words[w + 2] !== k2 ||
        words[w + 3] !== k3 ||
        words[w + 4] !== k4
      ) {
        continue;
      }
      this.octets[s] += octets;
      this.packets[s]++;
      return;
    }
  }

  /** The rows with the most octets, and an empty table. */
  take(most: number): TalkerTable {
    const used: number[] = [];
    for (let s = 0; s < SLOTS; s++) if (this.packets[s] !== 0) used.push(s);
    used.sort((a, b) => this.octets[b] - this.octets[a]);
    const rows = used.slice(0, most).map((s) => ({
      key: [...this.words.slice(s * KEY_WORDS, (s + 1) * KEY_WORDS)],
      octets: this.octets[s],
      packets: this.packets[s],
    }));
    const table = { rows, otherOctets: this.otherOctets, keys: this.keys };
    this.packets.fill(0);
    this.octets.fill(0);
    this.keys = 0;
    this.otherOctets = 0;
    return table;
  }
}

export class Talkers {
  private readonly addresses = new CountTable();
  private readonly services = new CountTable();
  private readonly applications: CountTable | null;

  /** @param labels null without inspection */
  constructor(private readonly labels: LabelPlace | null) {
    this.applications = labels === null ? null : new CountTable();
  }

  /** Adds the packets of a batch that the flow cache has seen. */
  add(batch: DecodedBatch): void {
    const { count, key, lengthTtl, flow, facts } = batch;
    for (let k = 0; k < count; k++) {
      const at = k << Size.KeyShift;
      const octets = lengthTtl[k] & LengthTtl.LengthMask;
      const version = (key[at | W.Protocol] >>> 8) & 0xff;
      const protocol = key[at | W.Protocol] & 0xff;
      const isIpv6 = version === 6;
      const source = at | W.SourceAddress;
      const destination = at | W.DestinationAddress;
      // IPv4 leaves the other words undefined.
      this.addresses.add(
        key[source],
        isIpv6 ? key[source | 1] : 0,
        isIpv6 ? key[source | 2] : 0,
        isIpv6 ? key[source | 3] : 0,
        version,
        octets,
      );
      this.addresses.add(
        key[destination],
        isIpv6 ? key[destination | 1] : 0,
        isIpv6 ? key[destination | 2] : 0,
        isIpv6 ? key[destination | 3] : 0,
        version,
        octets,
      );
      // The service is on the side that did not begin.
      const ports = key[at | W.Ports];
      const port = (facts[k] & Fact.Icmp) !== 0 ? 0 : (flow[k] & 1) !== 0 ? ports >>> 16 : ports & 0xffff;
      this.services.add(protocol, port, 0, 0, 0, octets);
    }
    if (this.labels !== null && this.applications !== null) this.addLabels(batch, this.labels, this.applications);
  }

  /** By the label that each flow has by now: what came before it was found counts for none. */
  private addLabels({ count, flow, lengthTtl }: DecodedBatch, { store, word }: LabelPlace, table: CountTable): void {
    const { extension, extensionWords } = store;
    for (let k = 0; k < count; k++) {
      const application = extension[Math.imul(flow[k] >>> 1, extensionWords) + word];
      table.add(application & LABEL_MASK, 0, 0, 0, 0, lengthTtl[k] & LengthTtl.LengthMask);
    }
  }

  take(most: number): TalkersTaken {
    return {
      talkers: this.addresses.take(most),
      services: this.services.take(most),
      applications: this.applications?.take(most) ?? null,
    };
  }
}
