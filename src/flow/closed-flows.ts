import { Size } from '../decode/decoded-batch.js';
import { Record, State, W } from './flow-record.js';

/**
 * A block of flow records that have ended: the contract between flow and export. Each row is a flow record
 * (flow/flow-record.ts) with what it holds (`PRESENT_*`) in place of the hash; behind it stand the meters' words, then tunnel
 * layers and MPLS labels when there are any. A block is valid during the call that hands it over.
 */

/** Words of a row that say where its metadata stands in the block's `metadata`. */
export const enum MetadataWord {
  Offset = 0,
  Length = 1,
  Words = 2,
}

/** Metadata of one flow at most, octets: 262,144 of inspection, and 2,048 of payload with their heads in each direction. */
export const LONGEST_METADATA = 262_144 + 2 * (4 + 2_048);
/** Room for the metadata of a block, when there is any. */
export const METADATA_OCTETS = 5 * LONGEST_METADATA;

export const enum ClosedW {
  /** Word of a closed record: `PRESENT_*` bits. */
  Presence = 12,
}

export class ClosedFlows {
  readonly words: Int32Array;
  readonly floats: Float64Array;
  /** 32-bit words of a row. */
  readonly stride: number;
  /** First word of the meters, of the tunnel layers, and of the MPLS labels in a row. */
  readonly extensionOffset = Record.Words;
  readonly tunnelOffset: number;
  readonly mplsOffset: number;
  /** For each row, the number of the packet that ended the flow or at which the clock moved; infinite at the end of all. */
  readonly positions: Float64Array;
  /** First of the `MetadataWord` words in a row: zeros when the flow has no metadata. */
  readonly metadataOffset: number;
  /** Metadata of the rows (dpi/metadata.ts); its length is 0 when nothing takes any. */
  metadata: Uint8Array;
  metadataLength = 0;
  count = 0;
  private readonly metadataWords: Int32Array;

  /**
   * @param metadataOctets room for metadata: `METADATA_OCTETS`, or 0 for none
   * @param memory what rows, positions and metadata lie in, `ClosedFlows.octetLength(…)` octets: shared memory lets threads hand blocks over
   */
  constructor(
    extensionWords: number,
    readonly capacity: number,
    metadataOctets = 0,
    memory: ArrayBufferLike = new ArrayBuffer(ClosedFlows.octetLength(extensionWords, capacity, metadataOctets)),
  ) {
    this.tunnelOffset = Record.Words + extensionWords;
    this.mplsOffset = this.tunnelOffset + Size.TunnelWords;
    this.metadataOffset = this.mplsOffset + Size.MplsWords;
    this.stride = rowWords(extensionWords);
    this.words = new Int32Array(memory, 0, capacity * this.stride);
    this.floats = new Float64Array(memory, 0, (capacity * this.stride) / 2);
    const positionsAt = capacity * this.stride * 4;
    this.positions = new Float64Array(memory, positionsAt, capacity);
    const metadataAt = positionsAt + capacity * Float64Array.BYTES_PER_ELEMENT;
    this.metadata = new Uint8Array(memory, metadataAt, metadataOctets);
    this.metadataWords = new Int32Array(memory, metadataAt, metadataOctets >>> 2);
  }

  /** Octets that a block of `capacity` records takes. */
  static octetLength(extensionWords: number, capacity: number, metadataOctets = 0): number {
    return (rowWords(extensionWords) * 4 + Float64Array.BYTES_PER_ELEMENT) * capacity + metadataOctets;
  }

  /** Whether the block has to be handed over before another row. */
  get isFull(): boolean {
    return (
      this.count === this.capacity ||
      (this.metadata.length > 0 && this.metadata.length - this.metadataLength < LONGEST_METADATA)
    );
  }

  /** Empties the block. */
  clear(): void {
    this.count = 0;
    this.metadataLength = 0;
  }

  /** Adds row `from` of `closed`, a block of the same shape, and its metadata. */
  add(closed: ClosedFlows, from: number): void {
    const { words, stride, metadataOffset } = this;
    const source = closed.words;
    const row = this.count++;
    const s = from * stride;
    const o = row * stride;
    const hasLayers = (source[s + W.State] & (State.Layers | State.Mpls)) !== 0;
    const length = hasLayers ? metadataOffset : this.tunnelOffset;
    for (let w = 0; w < length; w++) words[o + w] = source[s + w];
    this.positions[row] = closed.positions[from];
    if (this.metadata.length === 0) return;
    const m = s + metadataOffset;
    this.putMetadata(row, closed.metadata, source[m + MetadataWord.Offset], source[m + MetadataWord.Length]);
  }

  /** Empties the block and fills it with the rows of `closed` from `from` on, as far as there is room. */
  fill(closed: ClosedFlows, from: number): void {
    this.clear();
    for (let row = from; row < closed.count && !this.isFull; row++) this.add(closed, row);
  }

  /** Gives row `row` the metadata of `length` octets, `LONGEST_METADATA` at most, from `from` on. */
  putMetadata(row: number, octets: Uint8Array, from: number, length: number): void {
    this.beginMetadata(row);
    this.addMetadata(row, octets, from, length);
  }

  /** Row `row`, the last one, has no metadata yet. What it gets will begin at a whole word. */
  beginMetadata(row: number): void {
    this.metadataLength = (this.metadataLength + 3) & ~3;
    const w = row * this.stride + this.metadataOffset;
    this.words[w + MetadataWord.Offset] = this.metadataLength;
    this.words[w + MetadataWord.Length] = 0;
  }

  /**
   * Adds `length` octets from `from` on to the metadata of row `row`, the last one: `LONGEST_METADATA` in all at most.
   * @param words the memory of `octets` as words, of which up to three octets behind the metadata may be copied along
   */
  addMetadata(row: number, octets: Uint8Array, from: number, length: number, words: Int32Array | null = null): void {
    const at = this.metadataLength;
    const { metadata, metadataWords } = this;
    if (words !== null && ((at | from) & 3) === 0) {
      const count = (length + 3) >>> 2;
      for (let n = 0; n < count; n++) metadataWords[(at >>> 2) + n] = words[(from >>> 2) + n];
    } else for (let n = 0; n < length; n++) metadata[at + n] = octets[from + n];
    this.words[row * this.stride + this.metadataOffset + MetadataWord.Length] += length;
    this.metadataLength = at + length;
  }
}

/** 32-bit words of a row: rows begin at whole 64-bit words, so that the floats can be read. */
function rowWords(extensionWords: number): number {
  return (Record.Words + extensionWords + Size.TunnelWords + Size.MplsWords + MetadataWord.Words + 1) & ~1;
}

/** Takes a block of closed records. */
export type ClosedFlowsSink = (closed: ClosedFlows) => void;
