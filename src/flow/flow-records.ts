import { type DecodedBatch, Fact, Size } from '../decode/decoded-batch.js';
import { Extension, F, Record, State, W } from './flow-record.js';
import { copyKey } from './flow-table.js';
import { reservedMemory } from './reserved-memory.js';
import { SparseStore } from './sparse-store.js';

export const enum Storage {
  /** The C library hands out large buffers 16 octets behind a page boundary; records shall begin at whole cache lines. */
  AlignmentOctets = 48,
  /** Facts that the scope word of the key may come from. */
  FactsInScope = Fact.Tunnel | Fact.MoreTags,
  /** Words of a tunnel row that belong to the key: kinds, further tags, ids. The rest (outer addresses) are attributes. */
  LayerKeyWords = 2 + Size.MaxTunnelLayers,
  /** Facts of the first packet that stand at the same bits in the flow's state. */
  FactsKept = Fact.Tunnel | Fact.Mpls | Fact.Vlan | Fact.Ethernet,
}

/**
 * The records of all flows, by flow index: where they lie, which indices are free, how a record begins, and its times.
 * The memory is reserved at once and taken page by page as indices are first used. Record 0 is that of "no flow": it is
 * always closed.
 */
export class FlowRecords {
  readonly words: Int32Array;
  readonly floats: Float64Array;
  readonly extension: Int32Array;
  readonly extensionFloats: Float64Array;
  /** Tunnel layers and further VLAN tags of the flows that have any: what the scope word of their key is the hash of. */
  readonly layers: SparseStore;
  readonly mpls: SparseStore;
  /** Whether a packet ever had a time stamp with nanoseconds; until then only whole microseconds are kept up. */
  protected nanoseconds = false;
  /** Indices that are free again, the last one first to be used; those never used begin at `unused`. */
  private readonly free: Int32Array;
  private freeCount = 0;
  private unused = 1;

  /**
   * @param capacity one more than the highest flow index
   * @param extensionWords words of an extension row, an even number
   */
  constructor(
    readonly capacity: number,
    readonly extensionWords: number,
  ) {
    const records = reservedMemory(capacity * Record.Words * 4 + Storage.AlignmentOctets);
    this.words = new Int32Array(records, Storage.AlignmentOctets);
    this.floats = new Float64Array(records, Storage.AlignmentOctets);
    const rows = reservedMemory(capacity * extensionWords * 4);
    this.extension = new Int32Array(rows);
    this.extensionFloats = new Float64Array(rows);
    this.layers = new SparseStore(Size.TunnelWords, capacity);
    this.mpls = new SparseStore(Size.MplsWords, capacity);
    this.free = new Int32Array(reservedMemory(capacity * 4));
    this.words[W.State] = State.Closed;
  }

  /** Begins a record with the packet of row `i`; returns its index. */
  protected begin(batch: DecodedBatch, i: number, state: number): number {
    const f = this.freeCount > 0 ? this.free[--this.freeCount] : this.unused++;
    const { words, floats } = this;
    const r = f << Record.Shift;
    const d = f << Record.FloatShift;
    const t = batch.timeUs[i];
    const facts = batch.facts[i];
    copyKey(words, r, batch.key, i << Size.KeyShift, batch.hash[i]);
    state |= facts & Storage.FactsKept;
    if (facts & Storage.FactsInScope) {
      state |= State.Layers;
      this.layers.write(f, batch.tunnel, i);
    }
    if (facts & Fact.Mpls) this.mpls.write(f, batch.mpls, i);
    words[r | W.State] = state;
    words[r | W.Nanoseconds] = batch.timeNs[i] | (batch.timeNs[i] << 10);
    floats[d | F.Start] = t;
    floats[d | F.End] = t;
    floats[d | F.Octets] = 0;
    floats[d | F.ReverseOctets] = 0;
    words[r | W.Packets] = 0;
    words[r | W.ReversePackets] = 0;
    words[r | W.TcpFlags] = 0;
    const e = f * this.extensionWords;
    this.extensionFloats[e / 2 + Extension.FirstNumber] = batch.firstNumber + batch.row[i];
    this.extensionFloats[e / 2 + Extension.ReverseStart] = Infinity;
    this.extension[e + Extension.Sequence] = 0;
    this.extension[e + Extension.ReverseSequence] = 0;
    return f;
  }

  /** Gives the first `n` indices of `flows` back. */
  protected release(flows: Int32Array, n: number): void {
    const { free } = this;
    for (let j = 0; j < n; j++) free[this.freeCount++] = flows[j];
  }

  /**
   * The times of flow `f` after a packet at `t` µs and `ns` ns: start is the earliest, end the latest, clocks may run backwards.
   * @returns whether the flow begins earlier now
   */
  protected setTimes(f: number, reverse: number, t: number, ns: number): boolean {
    const { words, floats } = this;
    const r = f << Record.Shift;
    const d = f << Record.FloatShift;
    const packed = words[r | W.Nanoseconds];
    const end = floats[d | F.End];
    if (t > end || (t === end && ns > ((packed >>> 10) & 0x3ff))) {
      floats[d | F.End] = t;
      words[r | W.Nanoseconds] = (packed & ~0xffc00) | (ns << 10);
      return false;
    }
    const start = floats[d | F.Start];
    const earlier = t < start || (t === start && ns < (packed & 0x3ff));
    if (earlier) {
      floats[d | F.Start] = t;
      words[r | W.Nanoseconds] = (words[r | W.Nanoseconds] & ~0x3ff) | ns;
    }
    if (reverse === 1) this.beginReverse(f, t, ns);
    return earlier;
  }

  /** Moves the times of flow `f` by `deltaUs`. */
  protected moveTimes(f: number, deltaUs: number): void {
    const d = f << Record.FloatShift;
    this.floats[d | F.Start] += deltaUs;
    this.floats[d | F.End] += deltaUs;
    this.extensionFloats[(f * this.extensionWords) / 2 + Extension.ReverseStart] += deltaUs;
  }

  /** One more than the highest index ever used. */
  get used(): number {
    return this.unused;
  }

  /** Notes a packet of the reverse direction at `t` µs and `ns` ns that may be its first. */
  beginReverse(f: number, t: number, ns: number): void {
    const { words, extensionFloats } = this;
    const e = (f * this.extensionWords) / 2 + Extension.ReverseStart;
    const r = f << Record.Shift;
    const w = r | W.Nanoseconds;
    // The time is looked at only where there is one: the row is seldom in the cache, and to write does not wait for it.
    if ((words[r | W.State] & State.ReverseTimed) !== 0) {
      const start = extensionFloats[e];
      if (t > start || (t === start && ns >= words[w] >>> 20)) return;
    }
    words[r | W.State] |= State.ReverseTimed;
    extensionFloats[e] = t;
    words[w] = (words[w] & 0xfffff) | (ns << 20);
  }

  /** Whether flow `f` lies in the same tunnels, and under the same further VLAN tags, as the packet of row `i`; the scope words are equal. */
  protected sameLayers(f: number, batch: DecodedBatch, i: number): boolean {
    return (
      batch.key[(i << Size.KeyShift) | W.Scope] === 0 ||
      this.layers.sameStart(f, batch.tunnel, i, Storage.LayerKeyWords)
    );
  }
}
