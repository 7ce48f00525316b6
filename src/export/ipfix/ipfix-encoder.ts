import { ClosedW, type ClosedFlows } from '../../flow/closed-flows.js';
import { State, W } from '../../flow/flow-record.js';
import { SET_HEADER_OCTETS } from '../../ipfix/message-layout.js';
import { Condition, furtherConditions, hasLargeCounters } from '../fields/conditions.js';
import { DerivedFormat, type ExportField, inspectionOf } from '../fields/export-field.js';
import { wholeMilliseconds } from '../fields/flow-times.js';
import { FieldSelection, sourceOf } from '../fields/record-fields.js';
import type { InspectionExport } from '../inspection-export.js';
import { MessageKind } from '../message-encoder.js';
import type { FirstValues } from './first-values.js';
import { Joined, Op, OpWord } from './ipfix-template.js';
import type { MessageWriter } from './message-writer.js';
import { type Plan, RecordPlans } from './record-plans.js';
import { writeSeldom } from './seldom-values.js';
import { writeEmptyList } from './structured-list.js';
import type { YafDetails } from './yaf/yaf-details.js';

const enum Encoding {
  /** Seconds from 1900, where NTP time begins, to 1970 (RFC 5905 §6). */
  NtpSeconds = 2_208_988_800,
  /** RFC 7011 §6.1.9: these bits of a fraction are not sent with microseconds. */
  MicrosecondFraction = ~0x7ff,
}

/**
 * Encodes closed flows as Data Records, a Template for each set of fields: announced where it is first needed, its id
 * never used for anything else. Records keep their order, so a Set holds as many as follow each other with one Template.
 */
export class IpfixEncoder {
  /** Data Records written, in uniflow mode two for a biflow. */
  records = 0;
  /** When sysUptime was 0, ms since 1970; no flow begins before or ends 2^32 ms later. */
  epochMs = 0;
  readonly #message: MessageWriter;
  readonly #selection: FieldSelection;
  readonly #plans: RecordPlans;
  /** Null without inspected payload. */
  readonly #inspection: InspectionExport | null;
  /** Values of metadata, and YAF's list; null when no field has any. */
  readonly #values: FirstValues | null;
  readonly #multiList: ExportField | undefined;
  #details: YafDetails | null = null;
  readonly #most: number;

  /** Throws a RangeError when a record or a Template of all fields would not fit a message. */
  constructor(table: readonly ExportField[], isUniflow: boolean, message: MessageWriter) {
    this.#selection = new FieldSelection(table, isUniflow);
    this.#message = message;
    this.#plans = new RecordPlans(this.#selection);
    const { fields } = this.#selection;
    const { record, template } = this.#plans.largest();
    message.requireRoom(record);
    message.requireRoom(template);
    this.#most = message.limit - message.format.headerOctets - SET_HEADER_OCTETS - record;
    const hasValues = fields.some(({ format }) => format === DerivedFormat.FirstValue);
    this.#inspection = inspectionOf(fields);
    this.#values = hasValues ? (this.#inspection?.firstValues(fields, this.#plans.model) ?? null) : null;
    if (this.#values !== null) this.#values.most = this.#most;
    this.#multiList = fields.find(({ format }) => format === DerivedFormat.MultiList);
  }

  /** Values and records of metadata that were cut or left out because a record has to fit a message. */
  get shortened(): number {
    return (this.#values?.shortened ?? 0) + (this.#details?.shortened ?? 0);
  }

  /** Encodes rows `first…last`, `last` not included. */
  encode(closed: ClosedFlows, first = 0, last = closed.count): void {
    const { words, floats, stride, tunnelOffset, mplsOffset } = closed;
    const { epochMs } = this;
    const message = this.#message;
    const { octets, view, limit } = message;
    const relevant = this.#selection.conditions;
    const looksAtCounters = (relevant & Condition.LargeCounters) !== 0;
    const inspection = this.#inspection;
    const values = this.#values;
    const details = this.#detailsOf(closed);
    const hasMore = values !== null || details !== null;
    this.#plans.steps.requireStride(stride);
    let steps = this.#plans.steps.words;
    let kind = 0;
    let more = 0;
    let conditions = -1;
    let plan: Plan | null = null;
    let room = 0;
    let from = 0;
    let to = 0;
    let reverseFrom = 0;
    let reverseTo = 0;
    let at = message.position;
    let written = 0;

    // In uniflow mode a biflow's row is visited twice: `half` is 1 for its second record.
    for (let row = first, half = 0; row < last; row += 1 - half) {
      const r = row * stride;
      const f = r >> 1;
      let has = words[r + ClosedW.Presence];
      if (has & Condition.Possible) has |= furtherConditions(words, r, tunnelOffset, mplsOffset, has);
      if (looksAtCounters && hasLargeCounters(words, floats, r, has)) has |= Condition.LargeCounters;
      has &= relevant;
      let isOther = false;
      if (hasMore) {
        if (values !== null) {
          more = values.look(closed, row);
          isOther = values.kind !== kind;
        }
        if (details !== null) {
          more = details.look(closed, row, half);
          isOther = details.hasNews;
        }
      }
      if (has !== conditions || at + room + more > limit || isOther) {
        message.position = at;
        message.records += written;
        this.records += written;
        written = 0;
        kind = values === null ? 0 : values.kind;
        plan = this.#plans.of(has, kind, values === null ? [] : values.familiesOf(kind), closed);
        this.#open(plan, more);
        at = message.position;
        conditions = has;
        steps = this.#plans.steps.words;
        ({ octets: room, from, to, reverseFrom, reverseTo } = plan);
      }
      const end = half === 0 ? to : reverseTo;
      for (let s = half === 0 ? from : reverseFrom; s < end; s += OpWord.Words) {
        const source = steps[s + OpWord.Source];
        switch (steps[s]) {
          case Op.Octet:
            octets[at] = (words[r + source] >>> steps[s + OpWord.Shift]) & steps[s + OpWord.Mask];
            at += 1;
            break;
          case Op.TwoOctets:
            view.setUint16(at, (words[r + source] >>> steps[s + OpWord.Shift]) & steps[s + OpWord.Mask]);
            at += 2;
            break;
          case Op.ThreeOctets: {
            const value = (words[r + source] >>> steps[s + OpWord.Shift]) & steps[s + OpWord.Mask];
            octets[at] = value >>> 16;
            view.setUint16(at + 1, value);
            at += 3;
            break;
          }
          case Op.FourOctets:
            view.setInt32(at, (words[r + source] >>> steps[s + OpWord.Shift]) & steps[s + OpWord.Mask]);
            at += 4;
            break;
          case Op.Word:
            view.setInt32(at, words[r + source]);
            at += 4;
            break;
          case Op.TwoWords:
            view.setInt32(at, words[r + source]);
            view.setInt32(at + 4, words[r + steps[s + OpWord.Mask]]);
            at += 8;
            break;
          case Op.ThreeWords:
            view.setInt32(at, words[r + source]);
            view.setInt32(at + 4, words[r + steps[s + OpWord.Shift]]);
            view.setInt32(at + 8, words[r + steps[s + OpWord.Mask]]);
            at += 12;
            break;
          case Op.EightWords:
            for (let w = r + source; w < r + source + 8; w++, at += 4) view.setInt32(at, words[w]);
            break;
          case Op.ReversedWord:
            view.setInt32(at, words[r + source], true);
            at += 4;
            break;
          case Op.TwoFourOctets:
            view.setInt32(at, words[r + source] & steps[s + OpWord.Mask]);
            view.setInt32(at + 4, words[r + steps[s + OpWord.Shift]] & steps[s + OpWord.Mask]);
            at += 8;
            break;
          case Op.WordAndUnsigned64: {
            const value = floats[f + steps[s + OpWord.Mask]];
            view.setInt32(at, words[r + source]);
            view.setUint32(at + 4, value / 4_294_967_296);
            view.setUint32(at + 8, value);
            at += 12;
            break;
          }
          case Op.TwoCounters: {
            const counters = steps[s + OpWord.Mask];
            const one = floats[f + (counters & Joined.Operand)];
            const other = floats[f + (counters >>> Joined.Shift)];
            view.setInt32(at, words[r + (source & Joined.Operand)]);
            view.setUint32(at + 4, one / 4_294_967_296);
            view.setUint32(at + 8, one);
            view.setInt32(at + 12, words[r + (source >>> Joined.Shift)]);
            view.setUint32(at + 16, other / 4_294_967_296);
            view.setUint32(at + 20, other);
            at += 24;
            break;
          }
          case Op.TwoExtremes: {
            const mask = steps[s + OpWord.Mask];
            const smallest = words[r + source];
            const largest = words[r + steps[s + OpWord.Shift]];
            view.setInt32(at, smallest & mask);
            view.setInt32(at + 4, largest & mask);
            view.setUint16(at + 8, ((smallest >>> 24) << 8) | (largest >>> 24));
            at += 10;
            break;
          }
          case Op.TwoLowOctets: {
            const masks = steps[s + OpWord.Shift];
            const second = words[r + steps[s + OpWord.Mask]] & (masks >>> Joined.Shift);
            view.setUint16(at, ((words[r + source] & masks & Joined.Operand) << 8) | second);
            at += 2;
            break;
          }
          case Op.OctetAndUnsigned64: {
            const value = floats[f + (source >>> Joined.Shift)] + (steps[s + OpWord.Shift] >>> Joined.Shift);
            octets[at] = words[r + (source & Joined.Operand)] >>> (steps[s + OpWord.Shift] & Joined.Operand);
            view.setUint32(at + 1, value / 4_294_967_296);
            view.setUint32(at + 5, value);
            at += 9;
            break;
          }
          case Op.TwoSingleOctets: {
            const shifts = steps[s + OpWord.Shift];
            const second = words[r + steps[s + OpWord.Mask]] >>> (shifts >>> 8);
            view.setUint16(at, ((words[r + source] >>> (shifts & 0xff)) << 8) | (second & 0xff));
            at += 2;
            break;
          }
          case Op.BothTcpBits: {
            const flags = words[r + source];
            const either = flags | (flags >>> 8);
            const ae = words[r + W.State] >>> State.AeShift;
            view.setUint16(at, (either & 0xff) | ((ae & 1) << 8));
            view.setUint16(at + 2, ((either >>> 16) & 0xff) | ((ae & 2) << 7));
            at += 4;
            break;
          }
          case Op.FourWords:
            view.setInt32(at, words[r + source]);
            view.setInt32(at + 4, words[r + source + 1]);
            view.setInt32(at + 8, words[r + source + 2]);
            view.setInt32(at + 12, words[r + source + 3]);
            at += 16;
            break;
          case Op.Unsigned64: {
            const value = floats[f + source] + steps[s + OpWord.Shift];
            view.setUint32(at, value / 4_294_967_296);
            view.setUint32(at + 4, value);
            at += 8;
            break;
          }
          case Op.Unsigned32:
            view.setUint32(at, floats[f + source]);
            at += 4;
            break;
          case Op.Milliseconds: {
            const ms = wholeMilliseconds(floats[f + source]);
            view.setUint32(at, ms / 4_294_967_296);
            view.setUint32(at + 4, ms);
            at += 8;
            break;
          }
          case Op.TwoMilliseconds: {
            const start = wholeMilliseconds(floats[f + source]);
            const end = wholeMilliseconds(floats[f + steps[s + OpWord.Mask]]);
            view.setUint32(at, start / 4_294_967_296);
            view.setUint32(at + 4, start);
            view.setUint32(at + 8, end / 4_294_967_296);
            view.setUint32(at + 12, end);
            at += 16;
            break;
          }
          case Op.Microseconds: {
            const us = floats[f + source];
            let seconds = Math.floor(us / 1_000_000);
            if (seconds * 1_000_000 > us) seconds -= 1;
            view.setUint32(at, seconds + Encoding.NtpSeconds);
            view.setInt32(at + 4, ((us - seconds * 1_000_000) * 4294.967296) & Encoding.MicrosecondFraction);
            at += 8;
            break;
          }
          case Op.Nanoseconds: {
            const us = floats[f + source];
            const ns = (words[r + W.Nanoseconds] >>> steps[s + OpWord.Shift]) & 0x3ff;
            let seconds = Math.floor(us / 1_000_000);
            if (seconds * 1_000_000 > us) seconds -= 1;
            view.setUint32(at, seconds + Encoding.NtpSeconds);
            view.setUint32(at + 4, ((us - seconds * 1_000_000) * 1000 + ns) * 4.294967296);
            at += 8;
            break;
          }
          case Op.MacFromWord:
            view.setInt32(at, words[r + source]);
            view.setUint16(at + 4, words[r + source + 1] >>> 16);
            at += 6;
            break;
          case Op.MacFromHalf:
            view.setUint16(at, words[r + source]);
            view.setInt32(at + 2, words[r + source + 1]);
            at += 6;
            break;
          case Op.TwoMacs: {
            const second = r + steps[s + OpWord.Mask];
            view.setUint16(at, words[r + source]);
            view.setInt32(at + 2, words[r + source + 1]);
            view.setInt32(at + 6, words[second]);
            view.setUint16(at + 10, words[second + 1] >>> 16);
            at += 12;
            break;
          }
          case Op.TcpBits: {
            const flags = words[r + source] >>> steps[s + OpWord.Shift];
            const ae = (words[r + W.State] >>> (steps[s + OpWord.Shift] === 0 ? State.AeShift : State.AeShift + 1)) & 1;
            view.setUint16(at, ((flags | (flags >>> 8)) & 0xff) | (ae << 8));
            at += 2;
            break;
          }
          case Op.TcpOctet: {
            const flags = words[r + source] >>> steps[s + OpWord.Shift];
            octets[at] = flags | (flags >>> 8);
            at += 1;
            break;
          }
          case Op.Uptime: {
            const us = floats[f + source];
            let ms = Math.floor(us / 1000);
            if (ms * 1000 > us) ms -= 1;
            view.setUint32(at, ms < epochMs ? 0 : ms - epochMs);
            at += 4;
            break;
          }
          case Op.MultiList:
            at = details === null ? writeEmptyList(octets, at) : details.write(octets, at);
            break;
          case Op.FirstValue:
            if (values !== null) at = values.write(octets, at, steps[s + OpWord.Shift]);
            break;
          case Op.LabelName: {
            const begin = at + 1;
            const to = inspection === null ? begin : inspection.writeApplication(octets, begin, words, r + source);
            octets[at] = to - begin;
            at = to;
            break;
          }
          default:
            at = writeSeldom(view, at, words, floats, r, steps, s);
        }
      }
      written++;
      if (reverseTo !== 0) half = 1 - half;
    }
    message.position = at;
    message.records += written;
    this.records += written;
  }

  /** Writes all Templates that were needed so far once more. */
  announce(): void {
    this.#plans.announce(this.#message);
    this.#details?.announce(this.#message);
  }

  /** What makes YAF's lists; null when records have none. */
  #detailsOf(closed: ClosedFlows): YafDetails | null {
    const field = this.#multiList;
    if (field === undefined || field.shift !== 1 || this.#details !== null) return this.#details;
    const hasEntropy = (field.bits ?? 0) > 0;
    const details = field.inspection?.yafDetails(hasEntropy ? sourceOf(field, closed) : -1, this.#selection.isUniflow);
    if (details === undefined) return null;
    details.most = Math.min(details.most, this.#most);
    return (this.#details = details);
  }

  /** Makes room for a record of that plan with `more` octets of metadata, with its Templates announced. */
  #open({ template, octets }: Plan, more: number): void {
    const message = this.#message;
    this.#details?.announceNews(message);
    if (!template.isAnnounced) {
      message.addTemplate(message.format.templateSetId, template.record);
      template.isAnnounced = true;
    }
    message.begin(MessageKind.Data);
    message.openSet(template.id, octets + more);
  }
}
