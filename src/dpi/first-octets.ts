import { PayloadState, PayloadWord } from './payload-layout.js';
import type { PayloadStore } from './payload-store.js';

/**
 * What the directions of flows begin with, up to `most` octets each, in buffers of a payload store. Segments of TCP are put
 * where their sequence numbers say; of octets that come twice the first are taken. What lies behind a hole counts when the
 * hole is filled, and three such pieces are kept.
 */
export class FirstOctets {
  /** Directions that found no memory. */
  withoutMemory = 0;

  /** @param most octets of a direction, 1 to `PayloadBound.Octets` */
  constructor(
    readonly store: PayloadStore,
    readonly most: number,
  ) {}

  /** Adds octets `from` to `to` of `octets` that belong `start` octets behind the first one. `d` is the direction's first word. */
  put(words: Int32Array, d: number, octets: Uint8Array, from: number, to: number, start: number): void {
    const state = words[d + PayloadWord.State];
    const known = state & PayloadState.KnownMask;
    const begin = start < known ? known : start;
    const end = Math.min(this.most, start + to - from);
    if (begin >= end) return;
    if (words[d + PayloadWord.Buffer] === 0) {
      const at = this.store.take(this.most);
      if (at < 0) {
        this.withoutMemory++;
        words[d + PayloadWord.State] |= PayloadState.Ended;
        return;
      }
      words[d + PayloadWord.Buffer] = at + 1;
    }
    const pieces = (state >>> PayloadState.PiecesShift) & PayloadState.MostPieces;
    if (begin > known && pieces === PayloadState.MostPieces) return;
    this.copy(words, d, pieces, octets, from - start, begin, end);
    if (begin > known) {
      words[d + PayloadWord.Piece + pieces] = begin | (end << 16);
      words[d + PayloadWord.State] += 1 << PayloadState.PiecesShift;
    } else {
      words[d + PayloadWord.State] += end - known;
      if (pieces > 0) this.follow(words, d);
    }
  }

  /** Octets `origin + begin` to `origin + end` go to their places, but for those that a piece has. */
  private copy(
    words: Int32Array,
    d: number,
    pieces: number,
    octets: Uint8Array,
    origin: number,
    begin: number,
    end: number,
  ): void {
    const target = this.store.octets;
    const at = words[d + PayloadWord.Buffer] - 1;
    for (let p = begin; p < end; p++) {
      let isThere = false;
      for (let n = 0; n < pieces; n++) {
        const piece = words[d + PayloadWord.Piece + n];
        if (p >= (piece & 0xffff) && p < piece >>> 16) isThere = true;
      }
      if (!isThere) target[at + p] = octets[origin + p];
    }
  }

  /** Adds the pieces that follow now. */
  private follow(words: Int32Array, d: number): void {
    let state = words[d + PayloadWord.State];
    let known = state & PayloadState.KnownMask;
    let pieces = (state >>> PayloadState.PiecesShift) & PayloadState.MostPieces;
    for (let n = 0; n < pieces;) {
      const piece = words[d + PayloadWord.Piece + n];
      if ((piece & 0xffff) > known) {
        n++;
        continue;
      }
      known = Math.max(known, piece >>> 16);
      words[d + PayloadWord.Piece + n] = words[d + PayloadWord.Piece + --pieces];
      n = 0;
    }
    state &= ~(PayloadState.KnownMask | (PayloadState.MostPieces << PayloadState.PiecesShift));
    words[d + PayloadWord.State] = state | known | (pieces << PayloadState.PiecesShift);
  }
}
