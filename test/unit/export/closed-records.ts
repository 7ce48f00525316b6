import { Size, TunnelWord } from '../../../src/decode/decoded-batch.js';
import { ClosedFlows, ClosedW } from '../../../src/flow/closed-flows.js';
import { Present } from '../../../src/flow/flow-field.js';
import { meterOffsets } from '../../../src/flow/flow-meter.js';
import { Extension, F, State, W } from '../../../src/flow/flow-record.js';
import { METERS } from '../../../src/flow/meters/index.js';

/** A moment: whole microseconds since 1970, and nanoseconds beyond. */
export interface Moment {
  readonly us: number;
  readonly ns: number;
}

/** What one direction of a flow counted. */
export interface Direction {
  readonly start: Moment;
  readonly packets: number;
  readonly octets: number;
  readonly initialFlags: number;
  readonly unionFlags: number;
  readonly ae: boolean;
  readonly sequence: number;
  readonly smallest: number;
  readonly largest: number;
  readonly smallestTtl: number;
  readonly largestTtl: number;
  readonly attributes: number;
  readonly service: number;
}

export interface TunnelLayer {
  readonly kind: number;
  readonly id: number;
}

export interface FlowDescription {
  readonly version: 4 | 6;
  /** 4 or 16 octets. */
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly interface: number;
  readonly end: Moment;
  readonly forward: Direction;
  readonly reverse: Direction | null;
  /** Six octets each, source first. */
  readonly macs: readonly [readonly number[], readonly number[]] | null;
  /** Innermost, and the one outside it. */
  readonly vlans: readonly [number] | readonly [number, number] | null;
  /** Of the innermost tag, and of the one outside it when there is one. */
  readonly priorities: readonly [number, number];
  /** Label stack entries without TTL: label, class, bottom bit. */
  readonly labels: readonly number[];
  readonly tunnel: {
    readonly version: 4 | 6;
    readonly source: readonly number[];
    readonly destination: readonly number[];
    readonly layers: readonly TunnelLayer[];
  } | null;
  readonly endReason: number;
  readonly firstNumber: number;
}

export const DIRECTION: Direction = {
  start: { us: 1_700_000_000_123_456, ns: 789 },
  packets: 3,
  octets: 180,
  initialFlags: 0x02,
  unionFlags: 0x1b,
  ae: false,
  sequence: 0x89abcdef,
  smallest: 40,
  largest: 1500,
  smallestTtl: 63,
  largestTtl: 64,
  attributes: 1,
  service: 0xb8,
};

export const FLOW: FlowDescription = {
  version: 4,
  source: [192, 0, 2, 1],
  destination: [198, 51, 100, 200],
  sourcePort: 50_000,
  destinationPort: 443,
  protocol: 6,
  interface: 0,
  end: { us: 1_700_000_060_000_001, ns: 999 },
  forward: DIRECTION,
  reverse: null,
  macs: null,
  vlans: null,
  priorities: [0, 0],
  labels: [],
  tunnel: null,
  endReason: 3,
  firstNumber: 0,
};

export const REVERSE: Direction = {
  ...DIRECTION,
  start: { us: 1_700_000_000_200_000, ns: 1 },
  packets: 2,
  octets: 3000,
  initialFlags: 0x12,
  unionFlags: 0x19,
  sequence: 7,
  smallestTtl: 117,
  largestTtl: 117,
  attributes: 0,
  service: 0,
};

const ICMP = [1, 58];
const TCP = 6;

/** A block of closed records as the flow cache would hand it over. */
export function closedRecords(flows: readonly FlowDescription[]): ClosedFlows {
  const offsets = meterOffsets(METERS);
  const words = METERS.reduce((sum, meter) => sum + meter.words, Extension.Words as number);
  const closed = new ClosedFlows((words + 1) & ~1, flows.length);
  // Rows are reused: what a record does not have must not show.
  closed.words.fill(0x5a5a5a5a);
  flows.forEach((flow, row) => fillRow(closed, row, flow, offsets));
  closed.count = flows.length;
  return closed;
}

function fillRow(closed: ClosedFlows, row: number, flow: FlowDescription, offsets: readonly number[]): void {
  const { words, floats } = closed;
  const r = row * closed.stride;
  const { forward, reverse } = flow;
  putAddress(words, r + W.SourceAddress, flow.source);
  putAddress(words, r + W.DestinationAddress, flow.destination);
  words[r + W.Ports] = (flow.sourcePort << 16) | flow.destinationPort;
  words[r + W.Protocol] = flow.protocol | (flow.version << 8) | (flow.interface << 16);
  words[r + W.Vlan] = flow.vlans === null ? 0 : flow.vlans[0] | ((flow.vlans[1] ?? 0) << 12);
  words[r + W.Scope] = 0;
  words[r + ClosedW.Presence] = presence(flow);
  words[r + W.State] =
    (flow.endReason << State.EndReasonShift) |
    (forward.ae ? 1 << State.AeShift : 0) |
    (reverse?.ae === true ? 2 << State.AeShift : 0);
  words[r + W.Nanoseconds] = forward.start.ns | (flow.end.ns << 10) | ((reverse?.start.ns ?? 0) << 20);
  floats[r / 2 + F.Start] = forward.start.us;
  floats[r / 2 + F.End] = flow.end.us;
  words[r + W.TcpFlags] =
    forward.initialFlags |
    (forward.unionFlags << 8) |
    ((reverse?.initialFlags ?? 0) << 16) |
    ((reverse?.unionFlags ?? 0) << 24);
  putDirection(closed, r, 0, forward);
  if (reverse !== null) putDirection(closed, r, 1, reverse);
  putExtension(closed, r, flow, offsets);
  putTunnel(words, r + closed.tunnelOffset, flow);
  if (flow.labels.length > 0) {
    words[r + closed.mplsOffset] = flow.labels.length;
    flow.labels.forEach((label, n) => (words[r + closed.mplsOffset + 1 + n] = label));
  }
}

function putDirection({ words, floats }: ClosedFlows, r: number, d: number, direction: Direction): void {
  words[r + W.Packets + d] = direction.packets;
  floats[r / 2 + F.Octets + d] = direction.octets;
  words[r + W.Smallest + 2 * d] = direction.smallest | (direction.smallestTtl << 24);
  words[r + W.Largest + 2 * d] = direction.largest | (direction.largestTtl << 24);
  // Above the exported bits the record keeps what it needs to find them.
  words[r + W.Attributes + d] = direction.attributes | 0x5dc10;
}

function putExtension(closed: ClosedFlows, r: number, flow: FlowDescription, offsets: readonly number[]): void {
  const { words, floats } = closed;
  const e = r + closed.extensionOffset;
  const { forward, reverse, macs } = flow;
  floats[e / 2 + Extension.FirstNumber] = flow.firstNumber;
  if (reverse !== null) floats[e / 2 + Extension.ReverseStart] = reverse.start.us;
  words[e + Extension.Sequence] = forward.sequence;
  words[e + Extension.ReverseSequence] = reverse?.sequence ?? 0;
  const [service, mac] = ['serviceClass', 'macAddresses'].map(
    (name) => e + offsets[METERS.findIndex((meter) => meter.name === name)],
  );
  const [innerPriority, secondPriority] = flow.priorities;
  const outerPriority = (flow.vlans?.length ?? 0) > 1 ? secondPriority : innerPriority;
  const priorities = (outerPriority << 16) | (innerPriority << 20);
  words[service] = forward.service | ((reverse?.service ?? 0) << 8) | priorities;
  if (macs === null) return;
  const octets = Buffer.from([...macs[1], ...macs[0]]);
  for (let n = 0; n < 3; n++) words[mac + n] = octets.readInt32BE(4 * n);
}

function putTunnel(words: Int32Array, t: number, { tunnel }: FlowDescription): void {
  if (tunnel === null) return;
  words.fill(0, t, t + Size.TunnelWords);
  words[t + TunnelWord.Kinds] = tunnel.layers.reduce((sum, { kind }, n) => sum | (kind << (8 * n)), 0);
  tunnel.layers.forEach(({ id }, n) => (words[t + TunnelWord.Ids + n] = id));
  putAddress(words, t + TunnelWord.Source, tunnel.source);
  putAddress(words, t + TunnelWord.Destination, tunnel.destination);
  words[t + TunnelWord.Version] = tunnel.version;
}

function putAddress(words: Int32Array, w: number, octets: readonly number[]): void {
  for (let n = 0; n < 4; n++) words[w + n] = 0;
  for (let n = 0; n < octets.length; n += 4) words[w + n / 4] = Buffer.from(octets).readInt32BE(n);
}

function presence(flow: FlowDescription): number {
  let bits: number = flow.version === 4 ? Present.Ipv4 : Present.Ipv6;
  if (flow.reverse !== null) bits |= Present.Reverse;
  if (flow.protocol === TCP) bits |= Present.Tcp;
  if (ICMP.includes(flow.protocol)) bits |= Present.Icmp;
  if (flow.macs !== null) bits |= Present.Ethernet;
  if (flow.vlans !== null) bits |= Present.Vlan;
  if (flow.labels.length > 0) bits |= Present.Mpls;
  if (flow.tunnel !== null) bits |= flow.tunnel.version === 4 ? Present.TunnelIpv4 : Present.TunnelIpv6;
  return bits;
}
