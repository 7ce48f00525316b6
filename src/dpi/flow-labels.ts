import { Protocol as IpProtocol } from '../decode/transport/ports.js';
import { Record, W } from '../flow/flow-record.js';
import type { FlowStore } from '../flow/flow-store.js';
import { Classifier } from './classifier.js';
import { DpiBound, type DpiSettings } from './dpi-settings.js';
import { Evidence } from './evidence.js';
import { Expectations, pairHash } from './expectations.js';
import { Announcement, Request } from './flow-inspection.js';
import { FlowSlot } from './flow-slot.js';
import { Confidence, DpiState, DpiWord, Path, Slot, Stream, StreamFlag } from './flow-state.js';
import { Extract, Transport } from './protocol.js';
import { type Registered, REGISTRY } from './registry.js';

/** How a flow comes to its label, and its octets to the extractor of its protocol. */
export abstract class FlowLabels extends FlowSlot {
  readonly expectations = new Expectations();
  readonly classifier: Classifier;
  private readonly evidence: Evidence;
  /** By protocol: whether its extractor runs, and whether its metadata is wanted. */
  private readonly extracts: Uint8Array;
  private readonly wanted: Uint8Array;
  /** The protocol became known, or another one's turn, within this packet: what was kept is looked at again. */
  protected wasDecided = false;
  /** The same within this call of an extractor. */
  private wasHandedOver = false;

  constructor(protected readonly settings: DpiSettings) {
    super(settings);
    this.classifier = new Classifier(this.view);
    this.evidence = new Evidence(this.view.out);
    this.wanted = new Uint8Array(REGISTRY.all.length);
    this.extracts = new Uint8Array(REGISTRY.all.length);
    for (const { protocol, number } of REGISTRY.all) {
      const isWanted = protocol.extractor !== undefined && settings.metadata.includes(protocol.name);
      const isNeeded = protocol.extractor !== undefined && protocol.refinesLabels === true;
      this.wanted[number] = isWanted ? 1 : 0;
      this.extracts[number] = isWanted || isNeeded ? 1 : 0;
    }
  }

  /** What was kept of the other direction while the protocol was not known, or while it waited for this one. */
  protected feedOther(direction: 0 | 1): void {
    const { extension, e } = this;
    if (!this.wasDecided || extension[e] & DpiState.Done) return;
    this.wasDecided = false;
    this.turn((1 - direction) as 0 | 1);
    this.stream.again();
  }

  protected datagram(octets: Uint8Array, from: number, to: number, wire: number): void {
    const { view, extension, e } = this;
    view.isLast = wire > to - from;
    view.afterGap = false;
    if ((extension[e] & DpiState.Extracting) === 0) {
      const number = this.classifier.datagram(octets, from, to);
      if (number >= 0) this.decide(number, Confidence.Inspection, octets, from, to);
      else if (number === -1) this.settleLikely(octets, from, to);
      if ((extension[e] & DpiState.Extracting) === 0) return;
    }
    // Who takes the flow over looks at the same datagram.
    for (let calls = 0; calls < Path.Longest; calls++) {
      this.wasHandedOver = false;
      const taken = this.extract(octets, from, to);
      if (extension[e] & DpiState.Done) return;
      if (this.wasHandedOver) continue;
      if (taken === Extract.End) this.done();
      return;
    }
  }

  /** Takes octets of the stream at hand; see `Consume`. */
  protected consume(octets: Uint8Array, from: number, to: number, isLast: boolean): number {
    const { view, extension, e, slot } = this;
    const { words } = this.store;
    const d = slot + Slot.Direction + view.direction * Slot.DirectionWords;
    let at = from;
    for (let calls = 0; calls < DpiBound.Calls && at < to; calls++) {
      const skip = words[d + Stream.Skip];
      if (skip > 0) {
        const skipped = Math.min(skip, to - at);
        words[d + Stream.Skip] = skip - skipped;
        at += skipped;
        continue;
      }
      view.isLast = isLast;
      if ((extension[e] & DpiState.Extracting) === 0) {
        if (!this.recogniseStream(octets, at, to, d, isLast)) {
          if (extension[e] & DpiState.Done) return -1;
          // Without a candidate the octets are of no use any more.
          return words[d + Stream.Flags] & StreamFlag.Exhausted ? to - from : at - from;
        }
        if (extension[e] & DpiState.Done) return -1;
      }
      view.afterGap = (words[d + Stream.Flags] & StreamFlag.Gap) !== 0;
      if (view.afterGap && this.extractor.resumes !== true) return -1;
      this.wasHandedOver = false;
      const taken = this.extract(octets, at, to);
      if (extension[e] & DpiState.Done) return -1;
      if (taken === Extract.End) {
        this.done();
        return -1;
      }
      if (taken === Extract.EndDirection) return -1;
      if (taken > 0) words[d + Stream.Flags] &= ~StreamFlag.Gap;
      else if (!this.wasHandedOver) break;
      if (taken > to - at) {
        words[d + Stream.Skip] = taken - (to - at);
        at = to;
      } else at += taken;
    }
    return at - from;
  }

  /** Shows a start of the stream to the candidates; true when the protocol is known now. */
  protected recogniseStream(octets: Uint8Array, from: number, to: number, d: number, isLast: boolean): boolean {
    const { view, slot } = this;
    const { words } = this.store;
    let flags = words[d + Stream.Flags];
    view.afterGap = (flags & StreamFlag.Gap) !== 0;
    if (view.afterGap) flags &= ~(StreamFlag.Gap | StreamFlag.Tried | StreamFlag.FromStart);
    if (flags & StreamFlag.Exhausted) {
      // A later segment of a connection whose start was not seen may begin a message.
      if (flags & StreamFlag.FromStart || words[slot + Slot.Starts] >= DpiBound.Starts) {
        words[d + Stream.Flags] = flags;
        return false;
      }
      flags &= ~(StreamFlag.Exhausted | StreamFlag.Tried);
    }
    view.isStart = (flags & StreamFlag.FromStart) !== 0;
    view.isLast = isLast || to - from >= DpiBound.RecognitionOctets;
    const isFirst = (flags & StreamFlag.Tried) === 0;
    if (isFirst) words[slot + Slot.Starts]++;
    flags |= StreamFlag.Tried;
    words[d + Stream.Flags] = flags;
    const number = this.classifier.stream(octets, from, to, d, isFirst);
    view.isLast = isLast;
    if (number >= 0) {
      this.decide(number, Confidence.Inspection, octets, from, to);
      return true;
    }
    if (this.classifier.isAlive(d)) return false;
    words[d + Stream.Flags] = flags | StreamFlag.Exhausted;
    const other = slot + Slot.Direction + (1 - view.direction) * Slot.DirectionWords;
    if (!this.classifier.isAlive(other) && this.settleLikely(octets, from, to)) return true;
    return false;
  }

  /** Takes the likely label when there is one. */
  protected settleLikely(octets: Uint8Array, from: number, to: number): boolean {
    const likely = this.store.words[this.slot + Slot.Likely];
    if (likely === 0) return false;
    this.decide(likely - 1, Confidence.Likely, octets, from, to);
    return true;
  }

  /** Ends inspection where it has gone on for long enough. */
  protected checkLimits(isTcp: boolean): void {
    const { slot } = this;
    const { words } = this.store;
    const f = slot + Slot.Direction;
    const r = f + Slot.DirectionWords;
    const hopeless = StreamFlag.Exhausted | StreamFlag.FromStart;
    const both = (words[f + Stream.Flags] & hopeless) === hopeless && (words[r + Stream.Flags] & hopeless) === hopeless;
    const bound = isTcp ? DpiBound.TcpPackets : DpiBound.UdpPackets;
    if (both || words[slot + Slot.Packets] >= bound) this.giveUp();
  }

  protected giveUp(): void {
    const likely = this.store.words[this.slot + Slot.Likely];
    if (likely !== 0) this.decide(likely - 1, Confidence.Likely, this.store.octets, 0, 0);
    this.done();
  }

  /** Calls the flow's extractor and does what it asks for. */
  protected extract(octets: Uint8Array, from: number, to: number): number {
    const { view, extension, e, slot } = this;
    const { words } = this.store;
    const owner = REGISTRY.all[words[slot + Slot.Protocol] - 1];
    const { out } = view;
    view.memory = slot + Slot.Memory;
    view.wantsMetadata = this.wanted[owner.number] === 1;
    out.isOn = view.wantsMetadata;
    out.base = owner.elementBase;
    out.elements = owner.protocol.elements ?? [];
    view.request = Request.None;
    view.announced = 0;
    const taken = this.extractor.extract(octets, from, to, view);
    out.closeAll();
    if (view.announced > 0) this.takeAnnouncements(owner);
    const request = view.request as Request;
    switch (request) {
      case Request.None:
        break;
      case Request.Refine:
      case Request.Replace:
        this.appendLabel(owner.refines[view.place], request === Request.Replace);
        break;
      case Request.HandOver:
      case Request.HandOverAndReplace: {
        const next = owner.refines[view.place];
        this.appendLabel(next, request === Request.HandOverAndReplace);
        this.begin(next);
        break;
      }
      case Request.Anew:
        extension[e] &= ~DpiState.Extracting;
        this.startAnew();
        break;
    }
    return taken;
  }

  private takeAnnouncements(owner: Registered): void {
    const { view } = this;
    const { announcements } = view;
    const pair = pairHash(this.keys, this.keyAt);
    for (let n = 0, at = 0; n < view.announced; n++, at += Announcement.Words) {
      const expected = owner.refines[announcements[at + Announcement.Place]];
      const transport = (announcements[at + Announcement.Transport] as Transport) === Transport.Tcp ? 1 : 0;
      const port = announcements[at + Announcement.Port];
      this.expectations.add(pair, port, transport, expected, owner.number, view.timeUs);
    }
  }

  /** The flow is of protocol `number`, as the octets from `from` on show. */
  protected decide(number: number, confidence: Confidence, octets: Uint8Array, from: number, to: number): void {
    const { extension, e } = this;
    this.appendLabel(number, false);
    extension[e] = (extension[e] & ~DpiState.ConfidenceMask) | (confidence << DpiState.ConfidenceShift);
    this.wasDecided = true;
    if (this.settings.explain) {
      const { view } = this;
      this.evidence.write(number, confidence, this.packetNumber, view.direction, octets, from, to);
    }
    this.begin(number);
  }

  /** Gives the flow to the extractor of protocol `number`, or is done with it. */
  protected begin(number: number): void {
    const { extension, e, slot } = this;
    const { words } = this.store;
    if (this.extracts[number] === 0) {
      this.done();
      return;
    }
    extension[e] |= DpiState.Extracting;
    words[slot + Slot.Protocol] = number + 1;
    words.fill(0, slot + Slot.Memory, slot + this.slotWords);
    this.wasHandedOver = true;
    this.wasDecided = true;
    this.stream.setWindow(this.extractor.window ?? DpiBound.Window);
  }

  protected startAnew(): void {
    const { slot } = this;
    const { words } = this.store;
    words[slot + Slot.Likely] = 0;
    words[slot + Slot.Packets] = 0;
    words[slot + Slot.Starts] = 0;
    words.fill(0, slot + Slot.Memory, slot + this.slotWords);
    for (let d = slot + Slot.Direction; d < slot + Slot.Memory; d += Slot.DirectionWords) {
      words[d + Stream.Flags] &= ~(StreamFlag.Tried | StreamFlag.Exhausted);
    }
    this.wasHandedOver = true;
    this.wasDecided = true;
  }

  protected askExpectations(isTcp: 0 | 1): void {
    const { extension, e, view, expectations } = this;
    extension[e] |= DpiState.Asked;
    if (expectations.isEmpty) return;
    const pair = pairHash(this.keys, this.keyAt);
    let found = expectations.at(pair, view.destinationPort, isTcp, view.timeUs);
    if (found === 0) found = expectations.at(pair, view.sourcePort, isTcp, view.timeUs);
    if (found === 0) return;
    this.appendLabel((found >>> 16) - 1, false);
    this.appendLabel((found & 0xffff) - 1, true);
    extension[e] |= Confidence.Expected << DpiState.ConfidenceShift;
    this.begin((found & 0xffff) - 1);
  }

  protected labelByPort(store: FlowStore, flow: number): void {
    const { view, extension, e } = this;
    const r = flow << Record.Shift;
    const protocol = store.words[r | W.Protocol] & 0xff;
    if (protocol !== IpProtocol.Tcp && protocol !== IpProtocol.Udp) return;
    view.sourcePort = store.words[r | W.Ports] >>> 16;
    view.destinationPort = store.words[r | W.Ports] & 0xffff;
    const number = this.classifier.portProtocol(protocol === IpProtocol.Tcp ? 0 : 1);
    if (number < 0) return;
    this.appendLabel(number, false);
    extension[e] |= Confidence.Port << DpiState.ConfidenceShift;
  }

  /** The flow leaves the spare slot for one of its own. Without room for one it is done with. */
  protected promote(): void {
    const { extension, e, spare, slotWords } = this;
    const at = this.store.take(REGISTRY.slotOctets);
    if (at < 0) {
      this.counters.withoutMemory++;
      if ((extension[e] & DpiState.Extracting) === 0) this.giveUp();
      this.done();
      this.release();
      return;
    }
    this.store.words.copyWithin(at >>> 2, spare, spare + slotWords);
    extension[e + DpiWord.Slot] = at + 1;
  }
}
