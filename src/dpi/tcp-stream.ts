import { DpiBound } from './dpi-settings.js';
import { Stream, StreamFlag } from './flow-state.js';
import { LARGEST_BLOCK, type PayloadStore } from './payload-store.js';

/** Takes octets of a direction that follow each other; answers how many it consumes, -1 when it wants no more of the direction. */
export type Consume = (octets: Uint8Array, from: number, to: number, isLast: boolean) => number;

/** What the reassembly counted. */
export class StreamCounters {
  retransmitted = 0;
  outOfOrder = 0;
  gaps = 0;
  /** Directions that were given up because they wanted more octets at once than is kept. */
  overflows = 0;
}

const FIRST_BUFFER = 2_048;

/**
 * Puts the segments of one direction in order (RFC 9293 §3.10.7.4) and hands them to `consume`. The octets of a segment in
 * order go there straight from the capture; only what is not consumed is kept. Of octets that come twice the first are
 * taken. Behind a hole three pieces are kept, until it is filled or more packets have come than it is waited for.
 */
export class TcpStream {
  readonly counters = new StreamCounters();
  private words: Int32Array;
  /** First word of the direction. */
  private d = 0;
  private window = 0;
  /** What was copied from last, and the same memory for reads of four octets. */
  private source: Uint8Array = new Uint8Array(0);
  private sourceView = new DataView(this.source.buffer);

  constructor(
    private readonly store: PayloadStore,
    private readonly consume: Consume,
  ) {
    this.words = store.words;
  }

  /** Turns to the direction whose words begin at `d` of `words`. */
  turn(words: Int32Array, d: number, window: number): void {
    this.words = words;
    this.d = d;
    this.window = window;
  }

  setWindow(window: number): void {
    this.window = window;
  }

  /**
   * A segment: `to` - `from` octets of `octets` were captured, `wire` there were.
   * @param base sequence number of the direction's first octet when its SYN was seen, else of this segment
   */
  segment(
    octets: Uint8Array,
    from: number,
    to: number,
    wire: number,
    sequence: number,
    base: number,
    syn: boolean,
  ): void {
    const { words, d } = this;
    if ((words[d + Stream.Flags] & StreamFlag.Started) === 0) {
      words[d + Stream.Flags] |= StreamFlag.Started | (syn ? StreamFlag.FromStart : 0);
      words[d + Stream.Base] = base;
    }
    // Each turn of the loop closes one hole; there are no more holes than pieces, and the one before this segment.
    for (let turn = 0; turn <= Stream.MostPieces + 1; turn++) {
      if (words[d + Stream.Flags] & StreamFlag.Ended) return;
      let ahead = (sequence - words[d + Stream.Base] - words[d + Stream.Length]) | 0;
      if (ahead > 0 && ahead <= words[d + Stream.Skip]) {
        words[d + Stream.Skip] -= ahead;
        words[d + Stream.Base] = (words[d + Stream.Base] + ahead) | 0;
        ahead = 0;
      }
      if (ahead <= 0) {
        if (ahead < 0) this.counters.retransmitted++;
        if (wire + ahead > 0) this.append(octets, from - ahead, to, wire + ahead);
        return;
      }
      if (this.keep(octets, from, to, ahead)) return;
      this.closeHole(sequence);
    }
  }

  /** The flow ends: shows what is kept a last time. */
  finish(): void {
    const { words, d } = this;
    if (words[d + Stream.Length] === 0 || words[d + Stream.Flags] & StreamFlag.Ended) return;
    this.consumeKept(true);
  }

  /** Shows what is kept again, after the flow's protocol became known. */
  again(): void {
    const { words, d } = this;
    if (words[d + Stream.Length] > 0 && (words[d + Stream.Flags] & StreamFlag.Ended) === 0) this.consumeKept(false);
  }

  /** Gives the memory of the direction back. */
  release(): void {
    const { words, d } = this;
    if (words[d + Stream.Buffer] !== 0) this.store.give(words[d + Stream.Buffer] - 1, words[d + Stream.Size]);
    words[d + Stream.Buffer] = 0;
    words[d + Stream.Size] = 0;
    words[d + Stream.Length] = 0;
    words[d + Stream.Pieces] = 0;
  }

  end(): void {
    this.words[this.d + Stream.Flags] |= StreamFlag.Ended;
    this.release();
  }

  /** Octets that follow what is known; `wire` more than captured ones when the packet was cut. */
  private append(octets: Uint8Array, from: number, to: number, wire: number): void {
    const { words, d } = this;
    const captured = to > from ? to - from : 0;
    const isCut = wire > captured;
    if (words[d + Stream.Buffer] === 0) {
      const consumed = captured === 0 ? 0 : this.consume(octets, from, to, isCut);
      if (consumed < 0) return this.end();
      words[d + Stream.Base] = (words[d + Stream.Base] + consumed) | 0;
      const rest = captured - consumed;
      if (rest > 0 && !isCut) {
        if (rest >= this.window || !this.reserve(rest)) return this.overflow();
        this.copy(octets, from + consumed, rest, 0);
        words[d + Stream.Length] = rest;
      } else if (rest > 0) words[d + Stream.Base] = (words[d + Stream.Base] + rest) | 0;
    } else {
      const length = words[d + Stream.Length];
      if (length + captured > this.window || !this.reserve(length + captured)) {
        this.consumeKept(true);
        return this.overflow();
      }
      this.copyAround(octets, from, length, length + captured);
      words[d + Stream.Length] = length + captured;
      this.joinPieces();
      this.consumeKept(isCut);
    }
    if (isCut && (words[d + Stream.Flags] & StreamFlag.Ended) === 0) this.gap(wire - captured);
  }

  /** Moves past octets that were never captured; what was kept has been shown. */
  private gap(octets: number): void {
    const { words, d } = this;
    const length = words[d + Stream.Length];
    const skip = words[d + Stream.Skip];
    words[d + Stream.Base] = (words[d + Stream.Base] + length + octets) | 0;
    this.release();
    words[d + Stream.Waiting] = 0;
    if (skip >= octets) words[d + Stream.Skip] = skip - octets;
    else {
      words[d + Stream.Skip] = 0;
      words[d + Stream.Flags] |= StreamFlag.Gap;
      this.counters.gaps++;
    }
  }

  /** Keeps a segment that lies `ahead` octets behind what is known; false when there is no room or it was waited for too long. */
  private keep(octets: Uint8Array, from: number, to: number, ahead: number): boolean {
    const { words, d } = this;
    if (++words[d + Stream.Waiting] > DpiBound.WaitingPackets) return false;
    const start = words[d + Stream.Length] + ahead;
    const end = start + Math.max(0, to - from);
    if (end > this.window) return false;
    if (end === start) return true;
    const pieces = words[d + Stream.Pieces];
    for (let n = 0; n < pieces; n++) {
      if (start >= words[d + Stream.Piece + 2 * n] && end <= words[d + Stream.Piece + 2 * n + 1]) return true;
    }
    if (pieces === Stream.MostPieces || !this.reserve(end)) return false;
    this.counters.outOfOrder++;
    this.copyAround(octets, from, start, end);
    words[d + Stream.Piece + 2 * pieces] = start;
    words[d + Stream.Piece + 2 * pieces + 1] = end;
    words[d + Stream.Pieces] = pieces + 1;
    return true;
  }

  /** Gives up waiting for what is missing: goes on at the piece that comes first, or at `sequence` without any. */
  private closeHole(sequence: number): void {
    const { words, d } = this;
    if (words[d + Stream.Length] > 0) this.consumeKept(true);
    if (words[d + Stream.Flags] & StreamFlag.Ended) return;
    let nearest = (sequence - words[d + Stream.Base]) | 0;
    let isPiece = false;
    const pieces = words[d + Stream.Pieces];
    for (let n = 0; n < pieces; n++) {
      if (words[d + Stream.Piece + 2 * n] > nearest) continue;
      nearest = words[d + Stream.Piece + 2 * n];
      isPiece = true;
    }
    words[d + Stream.Flags] |= StreamFlag.Gap;
    words[d + Stream.Waiting] = 0;
    words[d + Stream.Skip] = 0;
    this.counters.gaps++;
    if (!isPiece) {
      words[d + Stream.Base] = sequence;
      this.release();
      return;
    }
    // What lies in front of the piece is dropped; the piece becomes the start.
    this.drop(nearest);
    words[d + Stream.Length] = 0;
    this.joinPieces();
    this.consumeKept(false);
  }

  /** Adds the pieces that now follow to what is known. */
  private joinPieces(): void {
    const { words, d } = this;
    for (let n = 0; n < words[d + Stream.Pieces];) {
      const start = words[d + Stream.Piece + 2 * n];
      const end = words[d + Stream.Piece + 2 * n + 1];
      if (start > words[d + Stream.Length]) {
        n++;
        continue;
      }
      if (end > words[d + Stream.Length]) words[d + Stream.Length] = end;
      const last = --words[d + Stream.Pieces];
      words[d + Stream.Piece + 2 * n] = words[d + Stream.Piece + 2 * last];
      words[d + Stream.Piece + 2 * n + 1] = words[d + Stream.Piece + 2 * last + 1];
      n = 0;
    }
    if (words[d + Stream.Pieces] === 0) words[d + Stream.Waiting] = 0;
  }

  private consumeKept(isLast: boolean): void {
    const { words, d, store } = this;
    const at = words[d + Stream.Buffer] - 1;
    const consumed = this.consume(store.octets, at, at + words[d + Stream.Length], isLast);
    if (consumed < 0) this.end();
    else if (consumed > 0) {
      words[d + Stream.Base] = (words[d + Stream.Base] + consumed) | 0;
      if (consumed === words[d + Stream.Length] && words[d + Stream.Pieces] === 0) this.release();
      else {
        words[d + Stream.Length] -= consumed;
        this.shift(consumed);
      }
    }
  }

  /** Moves the buffer to begin `octets` later, its sequence number with it. */
  private drop(octets: number): void {
    this.words[this.d + Stream.Base] = (this.words[this.d + Stream.Base] + octets) | 0;
    this.shift(octets);
  }

  private shift(octets: number): void {
    const { words, d, store } = this;
    const at = words[d + Stream.Buffer] - 1;
    store.octets.copyWithin(at, at + octets, at + words[d + Stream.Size]);
    for (let n = 0; n < 2 * words[d + Stream.Pieces]; n++) words[d + Stream.Piece + n] -= octets;
  }

  private overflow(): void {
    this.counters.overflows++;
    this.end();
  }

  /** Copies octets to places `start` to `end` of the buffer where no piece stands: of what comes twice the first is kept. */
  private copyAround(octets: Uint8Array, from: number, start: number, end: number): void {
    const { words, d } = this;
    for (let p = start; p < end;) {
      let next = end;
      let behind = -1;
      for (let n = 0; n < words[d + Stream.Pieces]; n++) {
        const s = words[d + Stream.Piece + 2 * n];
        const e = words[d + Stream.Piece + 2 * n + 1];
        if (p >= s && p < e) behind = e;
        else if (s > p && s < next) next = s;
      }
      if (behind < 0) this.copy(octets, from + p - start, next - p, p);
      p = behind < 0 ? next : behind;
    }
  }

  private copy(octets: Uint8Array, from: number, count: number, to: number): void {
    if (octets !== this.source) {
      this.source = octets;
      this.sourceView = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    }
    const { sourceView, store } = this;
    const { octets: target, view } = store;
    const at = this.words[this.d + Stream.Buffer] - 1 + to;
    const whole = count & ~3;
    for (let n = 0; n < whole; n += 4) view.setInt32(at + n, sourceView.getInt32(from + n));
    for (let n = whole; n < count; n++) target[at + n] = octets[from + n];
  }

  /** Makes the buffer large enough for `octets`. */
  private reserve(octets: number): boolean {
    const { words, d, store } = this;
    const size = words[d + Stream.Size];
    if (octets <= size) return true;
    let wanted = size === 0 ? FIRST_BUFFER : size;
    while (wanted < octets) wanted *= 2;
    if (wanted > LARGEST_BLOCK) return false;
    const at = store.take(wanted);
    if (at < 0) return false;
    if (size > 0) {
      const old = words[d + Stream.Buffer] - 1;
      store.octets.copyWithin(at, old, old + size);
      store.give(old, size);
    }
    words[d + Stream.Buffer] = at + 1;
    words[d + Stream.Size] = wanted;
    return true;
  }
}
