import { ClosedW, type ClosedFlows } from '../../flow/closed-flows.js';
import { Present } from '../../flow/flow-field.js';
import { Extension, F, W } from '../../flow/flow-record.js';
import { ExporterUptime } from './exporter-uptime.js';
import type { ExportField } from '../fields/export-field.js';
import { MessageKind, type MessageEncoder, type MessageSink, type SequenceRule } from '../message-encoder.js';
import { NETFLOW_MESSAGE_OCTETS, type NetflowOptions } from './netflow9-messages.js';
import { sourceOf } from '../fields/record-fields.js';

/** Offsets of a NetFlow v5 Export Packet's header, and within a flow record. */
const enum Layout {
  Version = 5,
  VersionAt = 0,
  CountAt = 2,
  UptimeAt = 4,
  SecondsAt = 8,
  SequenceAt = 16,
  EngineAt = 20,
  HeaderOctets = 24,

  SourceAt = 0,
  DestinationAt = 4,
  InputAt = 12,
  PacketsAt = 16,
  OctetsAt = 20,
  FirstAt = 24,
  LastAt = 28,
  PortsAt = 32,
  FlagsAt = 37,
  ProtocolAt = 38,
  ServiceAt = 39,
  RecordOctets = 48,

  MostRecords = 30,
  MostCount = 4_294_967_295,
}

/**
 * NetFlow v5: uniflows of IPv4, up to 30 in a message, without Templates. Counters have 32 bits: a flow with more octets
 * becomes several records whose sums are right. Fields that nothing is known of (next hop, AS, masks) are 0.
 */
export class Netflow5Encoder implements MessageEncoder {
  readonly sequence: SequenceRule = { offset: Layout.SequenceAt, domainOffset: null, unit: 'records' };
  records = 0;
  unsupported = 0;
  /** Records made beyond one for a uniflow, because its octets do not fit 32 bits. */
  extra = 0;
  readonly #uptime: ExporterUptime;
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  readonly #capacity: number;
  readonly #engine: number;
  /** Of each direction, the field that tells the type of service; undefined where nothing has measured it. */
  readonly #service: readonly (ExportField | undefined)[];
  readonly #hasInterface: boolean;
  readonly #sink: MessageSink;
  #count = 0;
  /** Flow records of all messages before this one, modulo 2^32. */
  #sequence = 0;

  /** Throws a RangeError when an option is outside its range. */
  constructor(table: readonly ExportField[], options: NetflowOptions, sink: MessageSink) {
    const { observationDomainId = 0, maxMessageOctets = NETFLOW_MESSAGE_OCTETS, clock } = options;
    const fitting = Math.floor((maxMessageOctets - Layout.HeaderOctets) / Layout.RecordOctets);
    if (!(fitting >= 1)) throw new RangeError(`maxMessageOctets ${maxMessageOctets}: expected room for a record`);
    this.#capacity = Math.min(fitting, Layout.MostRecords);
    this.#octets = new Uint8Array(Layout.HeaderOctets + this.#capacity * Layout.RecordOctets);
    this.#view = new DataView(this.#octets.buffer);
    this.#engine = observationDomainId & 0xffff;
    this.#uptime = new ExporterUptime(clock);
    const service = table.find(({ element }) => element === 'ipClassOfService');
    this.#service = [service, service?.twin ?? undefined];
    this.#hasInterface = table.some(({ element }) => element === 'ingressInterface');
    this.#sink = sink;
  }

  /** Flows longer than the 49 days that sysUptime can tell, whose start was moved. */
  get cut(): number {
    return this.#uptime.cut;
  }

  write(closed: ClosedFlows): void {
    for (let from = 0; from < closed.count;) {
      let to = this.#uptime.take(closed, from);
      if (to === from) {
        this.flush();
        to = this.#uptime.restart(closed, from);
      }
      this.#encode(closed, from, to);
      from = to;
    }
  }

  flush(): void {
    if (this.#count === 0) return;
    const view = this.#view;
    const timeMs = this.#uptime.exportTimeMs();
    view.setUint16(Layout.VersionAt, Layout.Version);
    view.setUint16(Layout.CountAt, this.#count);
    view.setUint32(Layout.UptimeAt, this.#uptime.at(timeMs));
    view.setUint32(Layout.SecondsAt, timeMs / 1000);
    view.setUint32(Layout.SequenceAt, this.#sequence);
    // Engine type and id; sampling mode and interval behind them stay 0: every packet counts.
    view.setUint16(Layout.EngineAt, this.#engine);
    const records = this.#count;
    this.#sequence = (this.#sequence + records) >>> 0;
    this.#count = 0;
    this.#sink(this.#octets, 0, Layout.HeaderOctets + records * Layout.RecordOctets, records, MessageKind.Data);
  }

  /** There are no Templates. */
  announce(): void {
    this.#uptime.renew();
  }

  /** There are no options. */
  options(): void {
    this.#uptime.renew();
  }

  #encode(closed: ClosedFlows, first: number, last: number): void {
    const { words, floats, stride } = closed;
    const service = this.#service.map((field) => (field === undefined ? -1 : sourceOf(field, closed)));
    const shift = this.#service.map((field) => field?.shift ?? 0);
    for (let row = first; row < last; row++) {
      const r = row * stride;
      const presence = words[r + ClosedW.Presence];
      const halves = presence & Present.Reverse ? 2 : 1;
      if ((presence & Present.Ipv4) === 0) {
        this.unsupported += halves;
        continue;
      }
      for (let reverse = 0; reverse < halves; reverse++) {
        let octets = floats[r / 2 + F.Octets + reverse];
        let packets = words[r + W.Packets + reverse] >>> 0;
        const tos = service[reverse] < 0 ? 0 : words[r + service[reverse]] >>> shift[reverse];
        for (let parts = Math.ceil(octets / Layout.MostCount); parts > 1; parts--) {
          const share = Math.floor(packets / parts);
          this.#put(closed, r, reverse, share, Layout.MostCount, tos);
          packets -= share;
          octets -= Layout.MostCount;
          this.extra++;
        }
        this.#put(closed, r, reverse, packets, octets, tos);
      }
    }
  }

  /** One record, of the flow at word `r` in one direction. */
  #put(closed: ClosedFlows, r: number, reverse: number, packets: number, octets: number, tos: number): void {
    if (this.#count === this.#capacity) this.flush();
    const { words, floats } = closed;
    const { epochMs } = this.#uptime;
    const view = this.#view;
    const at = Layout.HeaderOctets + this.#count * Layout.RecordOctets;
    const presence = words[r + ClosedW.Presence];
    const ports = words[r + W.Ports];
    const flags = words[r + W.TcpFlags] >>> (16 * reverse);
    const startUs =
      reverse === 0 ? floats[r / 2 + F.Start] : floats[(r + closed.extensionOffset) / 2 + Extension.ReverseStart];
    const turned = (W.DestinationAddress - W.SourceAddress) * reverse;
    view.setInt32(at + Layout.SourceAt, words[r + W.SourceAddress + turned]);
    view.setInt32(at + Layout.DestinationAt, words[r + W.DestinationAddress - turned]);
    // As `ingressInterface`: they count from 1; 0 is an interface that nobody asked for.
    view.setUint16(at + Layout.InputAt, this.#hasInterface ? (words[r + W.Protocol] >>> 16) + 1 : 0);
    view.setUint32(at + Layout.PacketsAt, packets);
    view.setUint32(at + Layout.OctetsAt, octets);
    view.setUint32(at + Layout.FirstAt, Math.max(0, Math.floor(startUs / 1000) - epochMs));
    view.setUint32(at + Layout.LastAt, Math.floor(floats[r / 2 + F.End] / 1000) - epochMs);
    // Type and code of ICMP belong to both directions.
    const isTurned = reverse === 1 && (presence & Present.Icmp) === 0;
    view.setInt32(at + Layout.PortsAt, isTurned ? (ports << 16) | (ports >>> 16) : ports);
    this.#octets[at + Layout.FlagsAt] = presence & Present.Tcp ? flags | (flags >>> 8) : 0;
    this.#octets[at + Layout.ProtocolAt] = words[r + W.Protocol];
    this.#octets[at + Layout.ServiceAt] = tos;
    this.#count++;
    this.records++;
  }
}
