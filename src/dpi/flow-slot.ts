import { F, Record, W } from '../flow/flow-record.js';
import type { FlowStore } from '../flow/flow-store.js';
import { Protocol as IpProtocol } from '../decode/transport/ports.js';
import { DpiCounters } from './dpi-counters.js';
import { DpiBound, type DpiSettings } from './dpi-settings.js';
import { FlowInspection } from './flow-inspection.js';
import { APPLICATION_ENGINE, DpiState, DpiWord, MetadataSize, Path, ServiceBits, Slot, Stream } from './flow-state.js';
import { PayloadStore } from './payload-store.js';
import { type Extractor, Transport } from './protocol.js';
import { REGISTRY } from './registry.js';
import { TcpStream } from './tcp-stream.js';

/**
 * The flow at hand: its words in the extension row (`DpiWord`), and its slot in the payload store (`Slot`), which holds what
 * is kept of it while it is inspected.
 */
export abstract class FlowSlot {
  readonly counters = new DpiCounters();
  readonly store: PayloadStore;
  readonly stream: TcpStream;
  protected readonly view: FlowInspection;
  /** Slot in which every flow begins; copied to one of its own when it wants more than its first packet. */
  protected readonly spare: number;
  protected readonly slotWords: number;
  protected extension: Int32Array = new Int32Array(0);
  /** First word of `DpiWord`. */
  protected e = 0;
  /** First word of the slot. */
  protected slot = 0;
  /** Where the key of the packet at hand stands. */
  protected keys: Int32Array = new Int32Array(0);
  protected keyAt = 0;
  protected packetNumber = 0;

  constructor({ memoryOctets, secrets }: DpiSettings) {
    this.store = new PayloadStore(memoryOctets);
    this.view = new FlowInspection(this.store);
    this.view.out.showsSecrets = secrets;
    this.stream = new TcpStream(this.store, (octets, from, to, isLast) => this.consume(octets, from, to, isLast));
    this.slotWords = REGISTRY.slotOctets >>> 2;
    this.spare = this.store.take(REGISTRY.slotOctets) >>> 2;
  }

  /** Takes octets of the stream at hand; see `Consume`. */
  protected abstract consume(octets: Uint8Array, from: number, to: number, isLast: boolean): number;

  protected get extractor(): Extractor {
    const { extractor } = REGISTRY.all[this.store.words[this.slot + Slot.Protocol] - 1].protocol;
    // Flows of other protocols are done with.
    return extractor as Extractor;
  }

  /** Appends a protocol to the label path; the first one, and one that replaces, gives the label. */
  protected appendLabel(number: number, replaces: boolean): void {
    const { extension, e } = this;
    const path = extension[e + DpiWord.Path];
    let length = 0;
    while (length < Path.Longest && ((path >>> (Path.Bits * length)) & Path.Mask) !== 0) length++;
    if (length === Path.Longest) return;
    if (length > 0 && ((path >>> (Path.Bits * (length - 1))) & Path.Mask) === number + 1) return;
    extension[e + DpiWord.Path] = path | ((number + 1) << (Path.Bits * length));
    if (length > 0 && !replaces) return;
    const { label } = REGISTRY.all[number];
    extension[e] = (extension[e] & ~DpiState.LabelMask) | (length << DpiState.LabelShift);
    extension[e + DpiWord.Number] = label;
    // What a rule says stays the application.
    if ((extension[e + DpiWord.Service] & ServiceBits.NameMask) !== 0) return;
    extension[e + DpiWord.Application] = APPLICATION_ENGINE | label;
  }

  protected done(): void {
    this.extension[this.e] = (this.extension[this.e] & ~DpiState.Extracting) | DpiState.Done;
  }

  /** Fills the view for a flow at its end, when there is no packet. */
  protected prepare(store: FlowStore, flow: number): void {
    const { view } = this;
    const r = flow << Record.Shift;
    const isTcp = (store.words[r | W.Protocol] & 0xff) === IpProtocol.Tcp;
    view.transport = isTcp ? Transport.Tcp : Transport.Udp;
    view.slot = this.slot;
    this.keys = store.words;
    this.keyAt = r;
    view.timeUs = store.floats[(r >> 1) + F.End];
    view.out.clockUs[0] = view.timeUs;
    view.sourcePort = store.words[r | W.Ports] >>> 16;
    view.destinationPort = store.words[r | W.Ports] & 0xffff;
    this.turnToMetadata();
  }

  /** Turns the writer of metadata to the flow at hand. */
  protected turnToMetadata(): void {
    const { extension, e } = this;
    const at = extension[e + DpiWord.Metadata] - 1;
    const word = extension[e + DpiWord.MetadataLength];
    this.view.out.turn(at, at < 0 ? 0 : 1 << (word >>> MetadataSize.BlockShift), word & MetadataSize.LengthMask);
  }

  /** Turns view and stream to a direction of the flow at hand. */
  protected turn(direction: 0 | 1): void {
    const { view, slot, extension, e } = this;
    const { words, octets } = this.store;
    const d = slot + Slot.Direction + direction * Slot.DirectionWords;
    const other = slot + Slot.Direction + (1 - direction) * Slot.DirectionWords;
    view.direction = direction;
    view.packets = words[d + Stream.Packets];
    view.otherPackets = words[other + Stream.Packets];
    view.isStart = view.packets === 0;
    view.otherOctets = octets;
    view.otherFrom = words[other + Stream.Buffer] === 0 ? 0 : words[other + Stream.Buffer] - 1;
    view.otherTo = view.otherFrom + words[other + Stream.Length];
    const window = extension[e] & DpiState.Extracting ? this.extractor.window : undefined;
    this.stream.turn(words, d, window ?? DpiBound.Window);
  }

  /** Writes down where the metadata of the flow stands now. */
  protected keepMetadata(): void {
    const { extension, e, view } = this;
    const { at, size, length, omittedHere } = view.out;
    extension[e + DpiWord.Metadata] = size === 0 ? 0 : at + 1;
    extension[e + DpiWord.MetadataLength] =
      size === 0 ? 0 : length | ((31 - Math.clz32(size)) << MetadataSize.BlockShift);
    if (omittedHere === 0) return;
    const omitted = Math.min(DpiState.MostOmitted, (extension[e] >>> DpiState.OmittedShift) + omittedHere);
    extension[e] = (extension[e] & DpiState.NoneOmitted) | (omitted << DpiState.OmittedShift);
  }

  /** Gives back everything but the metadata. */
  protected release(): void {
    const { extension, e, slot, spare, stream } = this;
    const { words } = this.store;
    for (let d = slot + Slot.Direction; d < slot + Slot.Memory; d += Slot.DirectionWords) {
      stream.turn(words, d, 0);
      stream.release();
    }
    if (words[slot + Slot.Scratch] !== 0)
      this.store.give(words[slot + Slot.Scratch] - 1, words[slot + Slot.ScratchSize]);
    words[slot + Slot.Scratch] = 0;
    if (slot !== spare) this.store.give(slot << 2, REGISTRY.slotOctets);
    extension[e + DpiWord.Slot] = 0;
  }
}
