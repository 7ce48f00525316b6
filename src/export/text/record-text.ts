import { TunnelWord } from '../../decode/decoded-batch.js';
import { Tunnel } from '../../decode/tunnel/tunnels.js';
import { ClosedW, type ClosedFlows, MetadataWord } from '../../flow/closed-flows.js';
import { F, State, W } from '../../flow/flow-record.js';
import { InformationModel } from '../../ipfix/information-model.js';
import { writeCommunityId } from './community-id-text.js';
import { Condition, CONTINUATION, furtherConditions, innermostLayer } from '../fields/conditions.js';
import { DerivedFormat, type ExportField, inspectionOf } from '../fields/export-field.js';
import { deltaMicroseconds, deltaMilliseconds, deltaNanoseconds } from '../fields/flow-times.js';
import { ListText } from './list-text.js';
import { NameText } from './name-text.js';
import type { RecordEncoder } from '../record-encoder.js';
import { FieldSelection } from '../fields/record-fields.js';
import type { InspectionExport } from '../inspection-export.js';
import type { OctetSink } from '../file/sink.js';
import { StepList, TextList } from '../fields/step-list.js';
import {
  writeDashedMac,
  writeDecimal,
  writeHex,
  writeIpv4,
  writeIpv6,
  writeMac,
  writeOffsetTime,
  writePadded,
  writeTime,
} from './text-octets.js';
import { StepWord, TextOp, valueStep } from './text-steps.js';
import type { TextStyle } from './text-style.js';

const enum Buffering {
  Octets = 32_768,
  /** No value is longer, lists included. */
  ValueOctets = 256,
  /** For each octet of metadata at most: names of elements are longer than the heads of their items. */
  TextForMetadata = 16,
}

/** What is needed to write records of one set of conditions: their steps in the list of all steps. */
interface Plan {
  readonly from: number;
  readonly to: number;
  /** Steps of the second record of a biflow in uniflow mode; none when both are 0. */
  readonly reverseFrom: number;
  readonly reverseTo: number;
  /** Octets that a record takes at most. */
  readonly room: number;
}

/** Writes closed flows as lines of text. */
export class RecordText implements RecordEncoder {
  readonly hasMessages = false;
  /** Lines written, without the head; in uniflow mode two for a biflow. */
  records = 0;
  readonly #selection: FieldSelection;
  readonly #style: TextStyle;
  readonly #sink: OctetSink;
  readonly #lists: ListText;
  readonly #names = new NameText();
  readonly #hasMetadata: boolean;
  /** Null without inspected payload. */
  readonly #inspection: InspectionExport | null;
  readonly #model = new InformationModel();
  readonly #plans: Plan[] = [];
  /** Number of the plan, counted from 1, by conditions. */
  readonly #planNumbers = new Uint16Array(Condition.Values);
  readonly #steps = new StepList();
  /** What stands between values, for all steps. */
  readonly #glue = new TextList();
  #octets = new Uint8Array(Buffering.Octets);
  #view = new DataView(this.#octets.buffer);
  #at = 0;

  constructor(table: readonly ExportField[], isUniflow: boolean, style: TextStyle, sink: OctetSink) {
    const shown = table.filter(
      ({ format, when = 0 }) => format !== DerivedFormat.MultiList && (when & Condition.LargeCounters) === 0,
    );
    this.#selection = new FieldSelection(shown, isUniflow);
    this.#style = style;
    this.#sink = sink;
    this.#lists = new ListText(style);
    this.#inspection = inspectionOf(shown);
    this.#hasMetadata = table.some(
      ({ format }) => format === DerivedFormat.Metadata || format === DerivedFormat.FirstValue,
    );
    const head = Buffer.from(style.head(this.#selection.fields));
    this.#octets.set(head);
    this.#at = head.length;
  }

  write(closed: ClosedFlows): void {
    const { words, floats, stride, count, tunnelOffset, mplsOffset } = closed;
    let octets = this.#octets;
    let view = this.#view;
    const lists = this.#lists;
    const names = this.#names;
    const hasMetadata = this.#hasMetadata;
    const inspection = this.#inspection;
    const relevant = this.#selection.conditions;
    let at = this.#at;
    this.#steps.requireStride(stride);

    // In uniflow mode a biflow's row is visited twice: `half` is 1 for its second record.
    for (let row = 0, half = 0; row < count; row += 1 - half) {
      const r = row * stride;
      const f = r >> 1;
      let has = words[r + ClosedW.Presence];
      if (has & Condition.Possible) has |= furtherConditions(words, r, tunnelOffset, mplsOffset, has);
      const plan = this.#planOf(has & relevant, closed);
      const m = r + closed.metadataOffset;
      const room = plan.room + (hasMetadata ? Buffering.TextForMetadata * words[m + MetadataWord.Length] : 0);
      if (at + room > octets.length) {
        this.#sink(octets, 0, at);
        at = 0;
        if (room > octets.length) {
          octets = this.#grow(room);
          view = this.#view;
        }
      }
      const steps = this.#steps.words;
      const glue = this.#glue.words;
      const end = half === 0 ? plan.to : plan.reverseTo;
      for (let s = half === 0 ? plan.from : plan.reverseFrom; s < end; s += StepWord.Words) {
        const glueTo = steps[s + StepWord.GlueTo];
        // By words: what is written beyond the text is overwritten by what follows.
        for (let g = steps[s + StepWord.GlueFrom], p = at; g < glueTo; g++, p += 4) view.setInt32(p, glue[g]);
        at += steps[s + StepWord.GlueOctets];
        const w = r + steps[s + StepWord.Source];
        const shift = steps[s + StepWord.Shift];
        switch (steps[s]) {
          case TextOp.Bits:
            at = writeDecimal(octets, at, (words[w] >>> shift) & steps[s + StepWord.Mask]);
            break;
          case TextOp.Word:
            at = writeDecimal(octets, at, words[w] >>> 0);
            break;
          case TextOp.Float:
            at = writeDecimal(octets, at, floats[f + steps[s + StepWord.Source]] + shift);
            break;
          case TextOp.Time: {
            const ns = (words[r + W.Nanoseconds] >>> shift) & 0x3ff;
            at = writeTime(octets, at, floats[f + steps[s + StepWord.Source]], ns, steps[s + StepWord.Mask]);
            break;
          }
          case TextOp.Ipv4:
            at = writeIpv4(octets, at, words[w]);
            break;
          case TextOp.Ipv6:
            at = writeIpv6(octets, at, words, w);
            break;
          case TextOp.MacFromWord:
            at = writeMac(octets, at, words[w] >>> 16, (words[w] << 16) | (words[w + 1] >>> 16));
            break;
          case TextOp.MacFromHalf:
            at = writeMac(octets, at, words[w], words[w + 1]);
            break;
          case TextOp.TcpBits: {
            const flags = words[w] >>> shift;
            const ae = (words[r + W.State] >>> (shift === 0 ? State.AeShift : State.AeShift + 1)) & 1;
            at = writeDecimal(octets, at, ((flags | (flags >>> 8)) & 0xff) | (ae << 8));
            break;
          }
          case TextOp.Hex:
            at = writeHex(octets, at, words[w] >>> shift, steps[s + StepWord.Mask]);
            break;
          case TextOp.TunnelId:
            at = writeDecimal(octets, at, words[idAt(words, w, shift)] >>> 0);
            break;
          case TextOp.SegmentId32: {
            const id = idAt(words, w, shift);
            at = writeDecimal(octets, at, (segmentKind(words, w, id) << 24) | (words[id] & 0xffffff));
            break;
          }
          case TextOp.SegmentId64:
            at = writeSegment(octets, at, words, w, idAt(words, w, shift));
            break;
          case TextOp.TunnelLayers:
            at = lists.writeLayers(octets, at, words, w);
            break;
          case TextOp.Labels:
            at = lists.writeLabels(octets, at, words, w);
            break;
          case TextOp.CommunityId:
            at = writeCommunityId(octets, at, words, r);
            break;
          case TextOp.OrdinalBits:
            at = writeDecimal(octets, at, ((words[w] >>> shift) & steps[s + StepWord.Mask]) + 1);
            break;
          case TextOp.YafEndReason: {
            const reason = (words[w] >>> State.EndReasonShift) & 0x7f;
            at = writeDecimal(octets, at, words[w] & State.Continuation ? reason + CONTINUATION : reason);
            break;
          }
          case TextOp.Label:
            at = writeHex(octets, at, shift < words[w] ? words[w + 1 + shift] : 0, LABEL_DIGITS);
            break;
          case TextOp.ReverseDelta: {
            const to = floats[f + steps[s + StepWord.Source]];
            at = writeDecimal(octets, at, reverseDelta(words, floats, r, to, steps[s + StepWord.Mask]));
            break;
          }
          case TextOp.Duration:
            at = writeDecimal(octets, at, Math.floor(duration(words, floats, r) / steps[s + StepWord.Mask]));
            break;
          case TextOp.SumOfWords:
            at = writeDecimal(octets, at, (words[w] >>> 0) + (words[w + 1] >>> 0));
            break;
          case TextOp.SumOfFloats: {
            const source = f + steps[s + StepWord.Source];
            at = writeDecimal(octets, at, floats[source] + floats[source + 1]);
            break;
          }
          case TextOp.OffsetTime: {
            const ns = (words[r + W.Nanoseconds] >>> shift) & 0x3ff;
            at = writeOffsetTime(octets, at, floats[f + steps[s + StepWord.Source]], ns);
            break;
          }
          case TextOp.DashedMac:
            at =
              shift === 16
                ? writeDashedMac(octets, at, words[w] >>> 16, (words[w] << 16) | (words[w + 1] >>> 16))
                : writeDashedMac(octets, at, words[w], words[w + 1]);
            break;
          case TextOp.VlanIds:
            at = lists.writeVlanIds(octets, at, words[w]);
            break;
          case TextOp.Name: {
            const mask = steps[s + StepWord.Mask];
            at = names.write(octets, at, mask >>> 16, (words[w] >>> shift) & mask & 0xffff);
            break;
          }
          case TextOp.TcpName: {
            const flags = words[w] >>> shift;
            at = names.write(octets, at, steps[s + StepWord.Mask], (flags | (flags >>> 8)) & 0xff);
            break;
          }
          case TextOp.BothTcpName: {
            const flags = words[w] | (words[w] >>> 16);
            at = names.write(octets, at, steps[s + StepWord.Mask], (flags | (flags >>> 8)) & 0xff);
            break;
          }
          default:
            if (inspection !== null) at = writeInspected(inspection, octets, at, closed, w, m, steps[s], shift);
        }
      }
      this.records++;
      if (plan.reverseTo !== 0) half = 1 - half;
    }
    this.#at = at;
  }

  flush(): void {
    if (this.#at === 0) return;
    this.#sink(this.#octets, 0, this.#at);
    this.#at = 0;
  }

  /** Lines are records; there is none for statistics. */
  statistics(): void {
    return;
  }

  finish(): void {
    this.flush();
  }

  /** Makes the empty buffer large enough for a record of `room` octets. */
  #grow(room: number): Uint8Array<ArrayBuffer> {
    this.#octets = new Uint8Array(room);
    this.#view = new DataView(this.#octets.buffer);
    return this.#octets;
  }

  #planOf(conditions: number, closed: ClosedFlows): Plan {
    const number = this.#planNumbers[conditions];
    return number === 0 ? this.#compile(conditions, closed) : this.#plans[number - 1];
  }

  #compile(conditions: number, closed: ClosedFlows): Plan {
    const { forward, reverse } = this.#selection.of(conditions);
    const { fields } = this.#selection;
    const glue = this.#style.punctuation(forward, fields, this.#model);
    const from = this.#steps.add(this.#stepsOf(forward, glue, closed));
    const to = this.#steps.length;
    const reverseFrom = reverse === null ? 0 : this.#steps.add(this.#stepsOf(reverse, glue, closed));
    const reverseTo = reverse === null ? 0 : this.#steps.length;
    const room = Buffering.ValueOctets * forward.length + glue.join('').length;
    const plan: Plan = { from, to, reverseFrom, reverseTo, room };
    this.#planNumbers[conditions] = this.#plans.push(plan);
    return plan;
  }

  #stepsOf(fields: readonly ExportField[], glue: readonly string[], closed: ClosedFlows): number[] {
    const steps: number[] = [];
    glue.forEach((text, n) => {
      const field = fields[n];
      const value =
        field === undefined
          ? [TextOp.None, 0, 0, 0]
          : valueStep(field, closed, this.#model, this.#inspection, (names) => this.#names.number(names));
      steps.push(...value, ...this.#glue.add(text));
    });
    return steps;
  }
}

/** The values of inspected payload: words of inspection from `w` on, those of metadata from `m` on. */
function writeInspected(
  inspection: InspectionExport,
  octets: Uint8Array,
  at: number,
  { words, metadata }: ClosedFlows,
  w: number,
  m: number,
  op: TextOp,
  element: number,
): number {
  const from = words[m + MetadataWord.Offset];
  const to = from + words[m + MetadataWord.Length];
  switch (op) {
    case TextOp.LabelName:
      return inspection.writeApplication(octets, at, words, w);
    case TextOp.LabelProtocol:
      return inspection.writeProtocol(octets, at, words, w);
    case TextOp.LabelPath:
      return inspection.writeLabelPath(octets, at, words, w);
    case TextOp.Payload:
      return inspection.writeOctetsOf(octets, at, metadata, from, to, element);
    case TextOp.Metadata:
      return inspection.writeMetadata(octets, at, metadata, from, to);
    default:
      return at;
  }
}

const LABEL_DIGITS = 6;

/** In units of as many nanoseconds as `unit` says; µs and ns are exact, ms the difference of the truncated times. */
function reverseDelta(words: Int32Array, floats: Float64Array, r: number, toUs: number, unit: number): number {
  const fromUs = floats[(r >> 1) + F.Start];
  if (unit === 1_000_000) return deltaMilliseconds(fromUs, toUs);
  if (unit === 1_000) return deltaMicroseconds(fromUs, toUs);
  const ns = words[r + W.Nanoseconds];
  return deltaNanoseconds(fromUs, ns, toUs, ns >>> 20);
}

/** From start to end, ns. */
function duration(words: Int32Array, floats: Float64Array, r: number): number {
  const ns = words[r + W.Nanoseconds];
  return deltaNanoseconds(floats[(r >> 1) + F.Start], ns, floats[(r >> 1) + F.End], ns >>> 10);
}

/** The kind of network in the top octet of yafLayer2SegmentId, by tunnel kind. */
function segmentKind(words: Int32Array, tunnel: number, id: number): number {
  const kind = (words[tunnel + TunnelWord.Kinds] >>> (8 * (id - tunnel - TunnelWord.Ids))) & 0xff;
  if (kind === Tunnel.Vxlan) return 1;
  return kind === Tunnel.Nvgre ? 2 : 3;
}

/**
 * layer2SegmentId: the kind of network, 1 for VXLAN and 2 for NVGRE, times 2^56, and the id. Such numbers are beyond what
 * a double holds, so they are written in two parts.
 */
const SEGMENT_UPPER = [0, 72_057_594, 144_115_188];
const SEGMENT_LOWER = [0, 37_927_936, 75_855_872];
const SEGMENT_LOWER_DIGITS = 9;

function writeSegment(octets: Uint8Array, at: number, words: Int32Array, tunnel: number, id: number): number {
  const network = segmentKind(words, tunnel, id);
  const p = writeDecimal(octets, at, SEGMENT_UPPER[network]);
  return writePadded(octets, p, SEGMENT_LOWER[network] + (words[id] & 0xffffff), SEGMENT_LOWER_DIGITS);
}

/** Where the id of the innermost layer whose kind is in `kinds` stands; there is such a layer. */
function idAt(words: Int32Array, tunnel: number, kinds: number): number {
  return tunnel + TunnelWord.Ids + innermostLayer(words, tunnel, kinds);
}
