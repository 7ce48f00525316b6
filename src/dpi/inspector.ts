import { type DecodedBatch, Fact, Size } from '../decode/decoded-batch.js';
import { Protocol as IpProtocol, Tcp, Udp } from '../decode/transport/ports.js';
import type { ClosedFlows } from '../flow/closed-flows.js';
import { Present } from '../flow/flow-field.js';
import { Extension, Record, W } from '../flow/flow-record.js';
import type { FlowStore } from '../flow/flow-store.js';
import type { DpiCounts } from './dpi-counters.js';
import { FlowLabels } from './flow-labels.js';
import { Basis, DpiState, DpiWord, ServiceBits, Slot, Stream, StreamFlag } from './flow-state.js';
import { PendingPackets } from './pending-packets.js';
import { isZero } from './little-endian.js';
import { OMITTED_ELEMENT } from './registry.js';
import { Transport } from './protocol.js';
import { basisOf } from './rules/flow-rules.js';
import { StreamCounters } from './tcp-stream.js';

/** Octets that fill a frame of Ethernet without payload up to its least length. */
const LONGEST_PADDING = 6;

/** Deep packet inspection of one worker: a pass over the packets with payload of flows that are not done with. */
export class Inspector extends FlowLabels {
  private readonly pending = new PendingPackets();

  /** The pass. `offset` is the first of its words in an extension row. */
  update(batch: DecodedBatch, from: number, to: number, store: FlowStore, offset: number): void {
    const { first, firsts, flow } = batch;
    const { extension, extensionWords, continued } = store;
    this.extension = extension;
    const { pending } = this;
    pending.prepare(batch, store);
    for (let j = 0; j < firsts; j++) {
      const id = flow[first[j]];
      if (id & 1) continue;
      const e = (id >>> 1) * extensionWords + offset;
      for (let w = 0; w < DpiWord.Words; w++) extension[e + w] = 0;
      extension[e + DpiWord.Service] = this.rules.fresh;
      const isWanted = isInspected(batch.key[(first[j] << Size.KeyShift) | W.Protocol] & 0xff) ? 1 : 0;
      pending.want(id >>> 1, isWanted, isWanted);
    }
    for (let j = 0; j < store.continuations; j++) {
      const former = continued[2 * j];
      const next = continued[2 * j + 1];
      this.continueFlow(former * extensionWords + offset, next * extensionWords + offset);
      pending.move(former, next);
    }
    if (this.rules.hasHosts) this.takeHosts(batch, to, store, offset);
    if (this.rules.hasPayload) this.takePayload(batch, from, to, store, offset);
    const n = pending.select(batch, from, to, store, offset, this.store.words);
    const { rows } = pending;
    for (let j = 0; j < n; j++) {
      const e = (flow[rows[j]] >>> 1) * extensionWords + offset;
      if ((extension[e] & DpiState.Done) === 0) this.packet(batch, rows[j], store, e);
      if (extension[e] & DpiState.Done) pending.want(flow[rows[j]] >>> 1, 0, 0);
    }
  }

  /** A flow ends: settles its label, and hands its metadata to the row of the closed record. Answers `Present` bits. */
  close(store: FlowStore, flow: number, offset: number, closed: ClosedFlows, row: number): number {
    const { extension, extensionWords } = store;
    const e = flow * extensionWords + offset;
    this.extension = extension;
    this.e = e;
    if ((extension[e] & DpiState.Done) === 0) {
      if (extension[e + DpiWord.Slot] !== 0) {
        this.slot = (extension[e + DpiWord.Slot] - 1) >>> 2;
        this.prepare(store, flow);
        for (let direction = 0; direction < 2; direction++) {
          if (extension[e] & DpiState.Done) break;
          this.turn(direction as 0 | 1);
          this.stream.finish();
        }
        if ((extension[e] & (DpiState.Done | DpiState.Extracting)) === 0) this.giveUp();
        this.keepMetadata();
        this.release();
      }
      extension[e] |= DpiState.Done;
    }
    if (this.rules.hasEnds) this.labelByEnds(store, flow);
    if (this.settings.labelByPort && !isLabelled(extension, e)) this.labelByPort(store, flow);
    this.handMetadata(closed, row);
    this.counters.note(extension[e], extension[e + DpiWord.Path], extension[e + DpiWord.Service]);
    return isLabelled(extension, e) ? Present.Label : Present.Always;
  }

  /** Copies the metadata of the flow at hand to its closed record, with how much was left out, and gives its block back. */
  private handMetadata(closed: ClosedFlows, row: number): void {
    const { extension, e, store } = this;
    const { out } = this.view;
    this.turnToMetadata();
    const omitted = extension[e] >>> DpiState.OmittedShift;
    if (omitted > 0) {
      out.writeOmitted(OMITTED_ELEMENT, omitted);
      this.counters.flowsCut++;
    }
    if (out.size > 0) {
      closed.addMetadata(row, store.octets, out.at, out.length, store.words);
      store.give(out.at, out.size);
    }
    extension[e + DpiWord.Metadata] = 0;
  }

  /** What is known by now of a flow that goes on, as `Present` bits. */
  present({ extension, extensionWords }: FlowStore, flow: number, offset: number): number {
    return isLabelled(extension, flow * extensionWords + offset) ? Present.Label : Present.Always;
  }

  /** The clock of the packets was set. */
  retime(deltaUs: number): void {
    this.expectations.retime(deltaUs);
    if (deltaUs !== 0) this.rules.answers.clear();
  }

  /** Notes the answers of DNS that stand before row `to` and were not noted yet. */
  noteAnswers(batch: DecodedBatch, to: number): void {
    const { octets, answerFrom, answerTo, answerTimeUs, answerPlace } = batch;
    for (; batch.answersTaken < batch.answers && answerPlace[batch.answersTaken] <= to; batch.answersTaken++) {
      const a = batch.answersTaken;
      this.rules.noteAnswer(octets, answerFrom[a], answerTo[a], answerTimeUs[a]);
    }
  }

  /** Counts from 0 on. */
  forgetCounts(): void {
    const { counters, stream, store } = this;
    counters.clear();
    Object.assign(stream.counters, new StreamCounters());
    store.peak = store.used;
  }

  counts(): DpiCounts {
    const [none, port, likely, expected, inspection] = this.counters.flows;
    const [, byPort, network, answer, payload, host] = this.counters.rules;
    const { retransmitted, outOfOrder, gaps, overflows } = this.stream.counters;
    return {
      flows: { none, port, likely, expected, inspection },
      labels: this.counters.labelCounts(),
      rules: { port: byPort, network, answer, payload, host },
      ruleLabels: this.counters.ruleLabelCounts(),
      withoutMemory: this.counters.withoutMemory,
      usedOctets: this.store.used,
      peakOctets: this.store.peak,
      retransmitted,
      outOfOrder,
      gaps,
      overflows,
      valuesCut: this.view.out.cut,
      valuesOmitted: this.view.out.omitted,
      flowsCut: this.counters.flowsCut,
    };
  }

  /** A record goes on in another after the active timeout: label, slot and what is known of its streams move on. */
  private continueFlow(from: number, to: number): void {
    const { extension } = this;
    extension[to + DpiWord.State] = extension[from + DpiWord.State] & DpiState.NoneOmitted;
    extension[to + DpiWord.Path] = extension[from + DpiWord.Path];
    extension[to + DpiWord.Application] = extension[from + DpiWord.Application];
    extension[to + DpiWord.Service] = extension[from + DpiWord.Service];
    extension[to + DpiWord.Number] = extension[from + DpiWord.Number];
    extension[to + DpiWord.Slot] = extension[from + DpiWord.Slot];
    extension[from + DpiWord.Slot] = 0;
    extension[from + DpiWord.State] |= DpiState.Done;
  }

  /** Asks for the names of the addresses of flows that begin, in the order of the packets, as answers come in between. */
  private takeHosts(batch: DecodedBatch, to: number, store: FlowStore, offset: number): void {
    const { first, firsts, flow, key, timeUs } = batch;
    const { extension, extensionWords } = store;
    for (let j = 0; j < firsts; j++) {
      const k = first[j];
      this.noteAnswers(batch, k);
      if (flow[k] & 1) continue;
      const e = (flow[k] >>> 1) * extensionWords + offset;
      const rule = this.rules.begin(extension, e, key, k << Size.KeyShift, timeUs[k]);
      if (rule >= 0 && this.settings.explain) this.explain(e, rule, Basis.Answer, batch, k, 0, 0);
    }
    this.noteAnswers(batch, to);
  }

  /** Shows the first payload of each direction to the rules. */
  private takePayload(batch: DecodedBatch, from: number, to: number, store: FlowStore, offset: number): void {
    const { flow, key, octets, payloadLength } = batch;
    const { extension, extensionWords } = store;
    for (let k = from; k < to; k++) {
      if (payloadLength[k] === 0) continue;
      const e = (flow[k] >>> 1) * extensionWords + offset;
      const direction = flow[k] & 1;
      if (extension[e + DpiWord.Service] & (ServiceBits.Looked << direction)) continue;
      const p = payloadOffset(batch, k);
      const end = Math.min(batch.end[k], p + payloadLength[k]);
      if (p < 0 || end <= p) continue;
      const rule = this.rules.payload(extension, e, octets, p, end, direction, key, k << Size.KeyShift);
      if (rule >= 0 && this.settings.explain) this.explain(e, rule, Basis.Payload, batch, k, p, end);
    }
  }

  private labelByEnds(store: FlowStore, flow: number): void {
    const { extension, e, rules, settings } = this;
    const rule = rules.end(extension, e, store.words, flow << Record.Shift, settings.labelByPort);
    if (rule < 0 || !settings.explain) return;
    this.turnToMetadata();
    this.evidence.writeRule(rule, basisOf(extension[e + DpiWord.Service]), -1, this.store.octets, 0, 0);
    this.keepMetadata();
  }

  private explain(
    e: number,
    rule: number,
    basis: Basis,
    batch: DecodedBatch,
    k: number,
    from: number,
    to: number,
  ): void {
    this.e = e;
    this.turnToMetadata();
    this.evidence.writeRule(rule, basis, batch.firstNumber + batch.row[k], batch.octets, from, to);
    this.keepMetadata();
  }

  private packet(batch: DecodedBatch, k: number, store: FlowStore, e: number): void {
    const { extension, view, store: memory } = this;
    const { words } = memory;
    const from = payloadOffset(batch, k);
    if (from < 0) return;
    const isTcp = (batch.key[(k << Size.KeyShift) | W.Protocol] & 0xff) === IpProtocol.Tcp;
    const wire = batch.payloadLength[k];
    const to = Math.min(batch.end[k], from + wire);
    if (isTcp && wire <= LONGEST_PADDING && isPadding(batch.octets, batch.transportOffset[k], from, to)) return;
    this.e = e;
    if (isTcp && this.skips(batch, k, wire)) return;
    const isNew = extension[e + DpiWord.Slot] === 0;
    if (isNew) {
      this.slot = this.spare;
      words.fill(0, this.spare, this.spare + this.slotWords);
    } else this.slot = (extension[e + DpiWord.Slot] - 1) >>> 2;
    const { slot } = this;

    const direction = (batch.flow[k] & 1) as 0 | 1;
    const ports = batch.key[(k << Size.KeyShift) | W.Ports];
    view.transport = isTcp ? Transport.Tcp : Transport.Udp;
    view.slot = slot;
    view.sourcePort = ports >>> 16;
    view.destinationPort = ports & 0xffff;
    view.wireOctets = wire;
    view.timeUs = batch.timeUs[k];
    view.out.clockUs[0] = batch.timeUs[k];
    this.turnToMetadata();
    this.wasDecided = false;
    this.packetNumber = batch.firstNumber + batch.row[k];
    this.keys = batch.key;
    this.keyAt = k << Size.KeyShift;
    words[slot + Slot.Packets]++;
    this.turn(direction);
    words[slot + Slot.Direction + direction * Slot.DirectionWords + Stream.Packets]++;
    view.packets++;
    if ((extension[e] & DpiState.Asked) === 0) this.askExpectations(isTcp ? 1 : 0);

    if ((extension[e] & DpiState.Done) === 0) {
      if (isTcp) this.segment(batch, k, store, direction, from, to, wire);
      else if (to > from) this.datagram(batch.octets, from, to, wire);
      if ((extension[e] & (DpiState.Done | DpiState.Extracting)) === 0) this.checkLimits(isTcp);
    }
    this.keepMetadata();
    this.leaveEnded(batch.flow[k] >>> 1);
    if (extension[e] & DpiState.Done) this.release();
    else if (isNew) this.promote();
  }

  /** Moves past a segment that lies within octets that nobody wants, and follows what is known; false when it does not. */
  private skips(batch: DecodedBatch, k: number, wire: number): boolean {
    const { extension, e } = this;
    if ((extension[e] & DpiState.Extracting) === 0) return false;
    const { words } = this.store;
    const slot = (extension[e + DpiWord.Slot] - 1) >>> 2;
    const d = slot + Slot.Direction + (batch.flow[k] & 1) * Slot.DirectionWords;
    if (words[d + Stream.Skip] < wire || words[d + Stream.Buffer] !== 0 || batch.facts[k] & Tcp.Syn) return false;
    if (batch.view.getInt32(batch.transportOffset[k] + Tcp.Sequence) !== words[d + Stream.Base]) return false;
    words[d + Stream.Skip] -= wire;
    words[d + Stream.Base] = (words[d + Stream.Base] + wire) | 0;
    words[d + Stream.Packets]++;
    words[d + Stream.Waiting] = 0;
    return true;
  }

  /** An extractor that wants nothing more of a direction does not get it; of neither one, and the flow is done with. */
  private leaveEnded(flow: number): void {
    const { words } = this.store;
    const d = this.slot + Slot.Direction;
    const forward = words[d + Stream.Flags] & StreamFlag.Ended;
    const reverse = words[d + Slot.DirectionWords + Stream.Flags] & StreamFlag.Ended;
    if ((forward | reverse) === 0) return;
    // While the protocol is not known, all packets count.
    const isKnown = (this.extension[this.e] & DpiState.Extracting) !== 0;
    if (isKnown && forward !== 0 && reverse !== 0) this.done();
    else this.pending.want(flow, isKnown && forward !== 0 ? 0 : 1, isKnown && reverse !== 0 ? 0 : 1);
  }

  private segment(
    batch: DecodedBatch,
    k: number,
    store: FlowStore,
    direction: 0 | 1,
    from: number,
    to: number,
    wire: number,
  ): void {
    const f = batch.flow[k] >>> 1;
    const syn = (store.words[(f << Record.Shift) | W.TcpFlags] >>> (16 * direction)) & Tcp.Syn;
    const isSyn = batch.facts[k] & Tcp.Syn ? 1 : 0;
    const sequence = (batch.view.getInt32(batch.transportOffset[k] + Tcp.Sequence) + isSyn) | 0;
    const initial = store.extension[f * store.extensionWords + Extension.Sequence + direction];
    this.stream.segment(
      batch.octets,
      from,
      Math.max(from, to),
      wire,
      sequence,
      syn ? (initial + 1) | 0 : sequence,
      syn !== 0,
    );
    this.feedOther(direction);
  }
}

function isInspected(protocol: number): boolean {
  return protocol === IpProtocol.Tcp || protocol === IpProtocol.Udp;
}

/** Where the payload of a TCP or UDP packet begins, behind `end` when it was not captured; -1 when the header does not tell. */
function payloadOffset(batch: DecodedBatch, k: number): number {
  const protocol = batch.key[(k << Size.KeyShift) | W.Protocol] & 0xff;
  const facts = batch.facts[k];
  const transport = batch.transportOffset[k];
  if (facts & Fact.FragmentLater || (facts & Fact.PortsPresent) === 0) return -1;
  if (protocol === IpProtocol.Udp) return transport + Udp.HeaderOctets;
  if (protocol !== IpProtocol.Tcp || batch.end[k] < transport + Tcp.MinHeaderOctets) return -1;
  return transport + ((batch.octets[transport + Tcp.OffsetFlags] >>> 4) << 2);
}

function isLabelled(extension: Int32Array, e: number): boolean {
  return extension[e + DpiWord.Path] !== 0 || (extension[e + DpiWord.Service] & ServiceBits.NameMask) !== 0;
}

/** Some devices count the padding of a frame as payload: an acknowledgement that pushes nothing, with a few zeros. */
function isPadding(octets: Uint8Array, transport: number, from: number, to: number): boolean {
  return (octets[transport + Tcp.OffsetFlags + 1] & Tcp.Psh) === 0 && to > from && isZero(octets, from, to);
}
