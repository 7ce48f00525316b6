import { Size, TunnelWord } from '../../decode/decoded-batch.js';
import { TUNNEL_NAMES } from '../../decode/tunnel/tunnels.js';
import { writeDecimal } from './text-octets.js';
import type { TextStyle } from './text-style.js';

/** Writes the lists of a record: decapsulated tunnel layers and MPLS labels. */
export class ListText {
  readonly #listOpen: Uint8Array;
  readonly #listSeparator: Uint8Array;
  readonly #listClose: Uint8Array;
  /** In front of a layer's id, by its kind. */
  readonly #layerStarts: readonly Uint8Array[];
  readonly #layerClose: Uint8Array;

  constructor(style: TextStyle) {
    this.#listOpen = Buffer.from(style.listOpen);
    this.#listSeparator = Buffer.from(style.listSeparator);
    this.#listClose = Buffer.from(style.listClose);
    this.#layerClose = Buffer.from(style.layerClose);
    this.#layerStarts = Array.from(TUNNEL_NAMES, (name) =>
      Buffer.from(`${style.layerOpen}${name ?? ''}${style.layerSeparator}`),
    );
  }

  /** Decapsulated layers with kind and id, outermost first, of the tunnel words from `tunnel` on. */
  writeLayers(octets: Uint8Array, at: number, words: Int32Array, tunnel: number): number {
    const kinds = words[tunnel + TunnelWord.Kinds];
    let p = copy(octets, at, this.#listOpen);
    for (let layer = 0; layer < Size.MaxTunnelLayers; layer++) {
      const kind = (kinds >>> (8 * layer)) & 0xff;
      if (kind === 0) break;
      if (layer > 0) p = copy(octets, p, this.#listSeparator);
      p = copy(octets, p, this.#layerStarts[kind]);
      p = writeDecimal(octets, p, words[tunnel + TunnelWord.Ids + layer] >>> 0);
      p = copy(octets, p, this.#layerClose);
    }
    return copy(octets, p, this.#listClose);
  }

  /** Outer and inner id of a word of them; the outer one is 0 when there is none. */
  writeVlanIds(octets: Uint8Array, at: number, ids: number): number {
    let p = copy(octets, at, this.#listOpen);
    if (ids >>> 12 !== 0) p = copy(octets, writeDecimal(octets, p, (ids >>> 12) & 0xfff), this.#listSeparator);
    p = writeDecimal(octets, p, ids & 0xfff);
    return copy(octets, p, this.#listClose);
  }

  /** Labels (20 bits) of the MPLS words from `mpls` on, top of stack first. */
  writeLabels(octets: Uint8Array, at: number, words: Int32Array, mpls: number): number {
    const count = Math.min(words[mpls], Size.MplsWords - 1);
    let p = copy(octets, at, this.#listOpen);
    for (let n = 0; n < count; n++) {
      if (n > 0) p = copy(octets, p, this.#listSeparator);
      p = writeDecimal(octets, p, (words[mpls + 1 + n] >>> 4) & 0xfffff);
    }
    return copy(octets, p, this.#listClose);
  }
}

function copy(octets: Uint8Array, at: number, text: Uint8Array): number {
  for (let n = 0; n < text.length; n++) octets[at + n] = text[n];
  return at + text.length;
}
