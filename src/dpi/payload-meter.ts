import { type DecodedBatch, Fact, Size } from '../decode/decoded-batch.js';
import { Protocol as IpProtocol, Tcp, Udp } from '../decode/transport/ports.js';
import type { ClosedFlows } from '../flow/closed-flows.js';
import { Present } from '../flow/flow-field.js';
import { Extension, Record, W } from '../flow/flow-record.js';
import type { FlowStore } from '../flow/flow-store.js';
import type { Meter } from '../flow/meter.js';
import { payloadEntropy } from './entropy.js';
import { FirstOctets } from './first-octets.js';
import { Item } from './metadata.js';
import type { PayloadCounts } from './payload-counters.js';
import { PayloadPlace } from './payload-elements.js';
import { payloadLayout, PayloadState, PayloadWord } from './payload-layout.js';
import type { PayloadSettings } from './payload-settings.js';
import { PayloadStore } from './payload-store.js';
import { ElementType } from './protocol.js';
import { REGISTRY } from './registry.js';

/** Keeps what TCP and UDP payload begins with in each direction; when the flow ends, its entropy, and itself. */
export class PayloadMeter {
  readonly #first: FirstOctets;
  readonly #entropyOctets: number;
  readonly #exportOctets: number;
  readonly #head = new Uint8Array(Item.HeaderOctets);

  constructor({ entropyOctets, exportOctets, memoryOctets }: PayloadSettings, store: PayloadStore | null) {
    this.#entropyOctets = entropyOctets;
    this.#exportOctets = exportOctets;
    this.#first = new FirstOctets(store ?? new PayloadStore(memoryOctets), Math.max(entropyOctets, exportOctets));
  }

  /** The pass. `offset` is the first of its words in an extension row. */
  update(batch: DecodedBatch, from: number, to: number, store: FlowStore, offset: number): void {
    const { first, firsts, flow, payloadLength } = batch;
    const { extension, extensionWords } = store;
    const { most } = this.#first;
    for (let j = 0; j < firsts; j++) {
      if (flow[first[j]] & 1) continue;
      const e = (flow[first[j]] >>> 1) * extensionWords + offset;
      for (let w = 0; w < PayloadWord.Words; w++) extension[e + w] = 0;
    }
    for (let k = from; k < to; k++) {
      if (payloadLength[k] === 0) continue;
      const d = (flow[k] >>> 1) * extensionWords + offset + (flow[k] & 1) * PayloadWord.DirectionWords;
      const state = extension[d + PayloadWord.State];
      if (state & PayloadState.Ended || (state & PayloadState.KnownMask) >= most) continue;
      this.#packet(batch, k, store, d);
    }
  }

  /** A flow ends: settles its entropy, and gives what is to be exported to its record. Answers `Present` bits. */
  close(store: FlowStore, flow: number, offset: number, closed: ClosedFlows, row: number): number {
    const { extension, extensionWords } = store;
    const e = flow * extensionWords + offset;
    const memory = this.#first.store;
    let present: number = Present.Always;
    for (let direction = 0; direction < 2; direction++) {
      const d = e + direction * PayloadWord.DirectionWords;
      if (extension[d + PayloadWord.Buffer] === 0) continue;
      const at = extension[d + PayloadWord.Buffer] - 1;
      const known = extension[d + PayloadWord.State] & PayloadState.KnownMask;
      if (known > 0) present = Present.Payload;
      const entropy = payloadEntropy(memory.octets, at, at + Math.min(known, this.#entropyOctets));
      extension[e + PayloadWord.Entropy] |= entropy << (8 * direction);
      this.#export(closed, row, direction, at, Math.min(known, this.#exportOctets));
      memory.give(at, this.#first.most);
      extension[d + PayloadWord.Buffer] = 0;
    }
    return present;
  }

  counts(): PayloadCounts {
    return { withoutMemory: this.#first.withoutMemory };
  }

  #packet(batch: DecodedBatch, k: number, store: FlowStore, d: number): void {
    const { extension } = store;
    const facts = batch.facts[k];
    const protocol = batch.key[(k << Size.KeyShift) | W.Protocol] & 0xff;
    if (facts & Fact.FragmentLater || (facts & Fact.PortsPresent) === 0) return;
    const transport = batch.transportOffset[k];
    const wire = batch.payloadLength[k];
    if (protocol === IpProtocol.Udp) {
      const from = transport + Udp.HeaderOctets;
      const to = Math.min(batch.end[k], from + wire);
      this.#first.put(extension, d, batch.octets, from, to, extension[d + PayloadWord.State] & PayloadState.KnownMask);
      // What was cut off is a hole that nothing fills.
      if (to - from < wire) extension[d + PayloadWord.State] |= PayloadState.Ended;
      return;
    }
    if (protocol !== IpProtocol.Tcp || batch.end[k] < transport + Tcp.MinHeaderOctets) return;
    const from = transport + ((batch.octets[transport + Tcp.OffsetFlags] >>> 4) << 2);
    const sequence = (batch.view.getInt32(transport + Tcp.Sequence) + (facts & Tcp.Syn ? 1 : 0)) | 0;
    if ((extension[d + PayloadWord.State] & PayloadState.Started) === 0) {
      extension[d + PayloadWord.State] |= PayloadState.Started;
      extension[d + PayloadWord.Base] = firstSequence(batch, k, store, sequence);
    }
    const start = (sequence - extension[d + PayloadWord.Base]) | 0;
    if (start > -wire) this.#first.put(extension, d, batch.octets, from, Math.min(batch.end[k], from + wire), start);
  }

  /** Appends `length` octets from `at` on to the metadata of the row. */
  #export(closed: ClosedFlows, row: number, direction: number, at: number, length: number): void {
    if (length === 0) return;
    const head = this.#head;
    const place = direction === 0 ? PayloadPlace.Forward : PayloadPlace.Reverse;
    const word = (ElementType.Octets << Item.TypeShift) | (REGISTRY.payloadBase + place);
    head[0] = word >>> 8;
    head[1] = word;
    head[2] = length >>> 8;
    head[3] = length;
    closed.addMetadata(row, head, 0, Item.HeaderOctets);
    closed.addMetadata(row, this.#first.store.octets, at, length);
  }
}

/** Sequence number of the direction's first octet: behind its SYN, or, when that was not seen, that of the first segment. */
function firstSequence(batch: DecodedBatch, k: number, store: FlowStore, sequence: number): number {
  const flow = batch.flow[k] >>> 1;
  const direction = batch.flow[k] & 1;
  const initialFlags = store.words[(flow << Record.Shift) | W.TcpFlags] >>> (16 * direction);
  if ((initialFlags & Tcp.Syn) === 0) return sequence;
  return (store.extension[flow * store.extensionWords + Extension.Sequence + direction] + 1) | 0;
}

/** The payload meter; `store` is that of deep packet inspection when it runs too, so that one bound holds for both. */
export function createPayloadMeter(
  settings: PayloadSettings,
  store: PayloadStore | null,
): { meter: Meter; payload: PayloadMeter } {
  const payload = new PayloadMeter(settings, store);
  const meter: Meter = {
    ...payloadLayout(settings),
    update: (batch, from, to, flows, offset) => payload.update(batch, from, to, flows, offset),
    close: (flows, flow, offset, closed, row) => payload.close(flows, flow, offset, closed, row),
  };
  return { meter, payload };
}
