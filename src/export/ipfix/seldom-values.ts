import { TunnelWord } from '../../decode/decoded-batch.js';
import { Tunnel } from '../../decode/tunnel/tunnels.js';
import { F, State, W } from '../../flow/flow-record.js';
import { CONTINUATION, innermostLayer } from '../fields/conditions.js';
import { deltaMicroseconds, deltaMilliseconds, deltaNanoseconds } from '../fields/flow-times.js';
import { Op, OpWord } from './ipfix-template.js';

/** Kind of layer 2 segment as layer2SegmentId and, for GENEVE, yafLayer2SegmentId have it in their top octet. */
const enum Segment {
  Vxlan = 1,
  Nvgre = 2,
  Geneve = 3,
}

/**
 * Writes what few records or profiles have: apart from the encoder's loop, so that the engine is done with that sooner.
 * @param r first word of the record
 * @param s first word of the step
 * @returns where the next value begins
 */
export function writeSeldom(
  view: DataView,
  at: number,
  words: Int32Array,
  floats: Float64Array,
  r: number,
  steps: Int32Array,
  s: number,
): number {
  const f = r >> 1;
  const source = steps[s + OpWord.Source];
  const shift = steps[s + OpWord.Shift];
  switch (steps[s] as Op) {
    case Op.TunnelId:
      view.setInt32(at, words[idAt(words, r + source, shift)]);
      return at + 4;
    case Op.SegmentId32: {
      const id = idAt(words, r + source, shift);
      view.setInt32(at, (segmentKind(words, r + source, id) << 24) | (words[id] & 0xffffff));
      return at + 4;
    }
    case Op.SegmentId64: {
      const id = idAt(words, r + source, shift);
      view.setInt32(at, segmentKind(words, r + source, id) << 24);
      view.setInt32(at + 4, words[id] & 0xffffff);
      return at + 8;
    }
    case Op.WordUnsigned64:
      view.setInt32(at, 0);
      view.setInt32(at + 4, words[r + source]);
      return at + 8;
    case Op.TwoOctetsOrdinal:
      view.setUint16(at, ((words[r + source] >>> shift) & steps[s + OpWord.Mask]) + 1);
      return at + 2;
    case Op.FourOctetsOrdinal:
      view.setInt32(at, ((words[r + source] >>> shift) & steps[s + OpWord.Mask]) + 1);
      return at + 4;
    case Op.DeltaMilliseconds:
      view.setUint32(at, deltaMilliseconds(floats[f + F.Start], floats[f + source]));
      return at + 4;
    case Op.DeltaMicroseconds: {
      const us = deltaMicroseconds(floats[f + F.Start], floats[f + source]);
      view.setUint32(at, us / 4_294_967_296);
      view.setUint32(at + 4, us);
      return at + 8;
    }
    case Op.DeltaNanoseconds: {
      const ns = words[r + W.Nanoseconds];
      const delta = deltaNanoseconds(floats[f + F.Start], ns, floats[f + source], ns >>> 20);
      view.setUint32(at, delta / 4_294_967_296);
      view.setUint32(at + 4, delta);
      return at + 8;
    }
    case Op.Label: {
      const label = shift < words[r + source] ? words[r + source + 1 + shift] : 0;
      view.setUint8(at, label >>> 16);
      view.setUint16(at + 1, label);
      return at + 3;
    }
    case Op.YafEndReason: {
      const state = words[r + source];
      view.setUint8(at, (state >>> State.EndReasonShift) | (state & State.Continuation ? CONTINUATION : 0));
      return at + 1;
    }
    default:
      return at;
  }
}

/** Where the id of the innermost layer whose kind is in `kinds` stands; there is such a layer. */
function idAt(words: Int32Array, tunnel: number, kinds: number): number {
  return tunnel + TunnelWord.Ids + innermostLayer(words, tunnel, kinds);
}

/** Kind of network that the layer is whose id stands at `id`, as segment ids have it. */
function segmentKind(words: Int32Array, tunnel: number, id: number): number {
  const kind = (words[tunnel + TunnelWord.Kinds] >>> (8 * (id - tunnel - TunnelWord.Ids))) & 0xff;
  if (kind === Tunnel.Vxlan) return Segment.Vxlan;
  return kind === Tunnel.Nvgre ? Segment.Nvgre : Segment.Geneve;
}
