import { PacketBatch } from '../../src/capture/packet-batch.js';
import { BatchDecoder } from '../../src/decode/decode-batch.js';
import { createDecodeSettings, type DecodeSettings } from '../../src/decode/decode-settings.js';
import { DecodedBatch, LengthTtl, Size, TunnelWord } from '../../src/decode/decoded-batch.js';
import { createHashSeed } from '../../src/decode/flow-key.js';
import { type ClosedFlows, ClosedW } from '../../src/flow/closed-flows.js';
import { FlowMeter } from '../../src/flow/flow-meter.js';
import { Present } from '../../src/flow/flow-field.js';
import type { Meter } from '../../src/flow/meter.js';
import { METERS } from '../../src/flow/meters/index.js';
import { Extension, F, State, W } from '../../src/flow/flow-record.js';
import { ethernet, vlan } from './link-frames.js';
import { bytes, join, u16, u32, zeros } from './octets.js';
import { fragmentHeader, ipv4, ipv6, type Piece } from './packets.js';
import { vxlan } from './tunnels.js';

/** Packets as the rules of flow records see them, and what turns them into frames, batches and records. */
export interface Packet {
  readonly timeUs: number;
  readonly timeNs: number;
  readonly version: 4 | 6;
  /** Numbers of hosts, see `hostWords`. */
  readonly source: number;
  readonly destination: number;
  /** ICMP: source port 0, destination port type × 256 + code. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  /** VLAN ids, outermost first. */
  readonly vlans: readonly number[];
  /** VXLAN network that the packet was decapsulated from; 0: none. */
  readonly vxlan: number;
  /** TCP control bits. */
  readonly flags: number;
  readonly sequence: number;
  readonly ttl: number;
  readonly tos: number;
  /** Octets behind the transport header, or behind the IP header of a later fragment. */
  readonly payload: number;
  /** Octets captured from the transport header on. */
  readonly snap: number;
  readonly fragment: { readonly identification: number; readonly first: boolean } | null;
  /** Not an IP packet at all: there to be passed over. */
  readonly ignored: boolean;
}

export const PACKET: Packet = {
  timeUs: 0,
  timeNs: 0,
  version: 4,
  source: 1,
  destination: 2,
  sourcePort: 1000,
  destinationPort: 80,
  protocol: 17,
  vlans: [],
  vxlan: 0,
  flags: 0,
  sequence: 0,
  ttl: 64,
  tos: 0,
  payload: 20,
  snap: 40,
  fragment: null,
  ignored: false,
};

export const TCP = 6;
export const UDP = 17;
export const isIcmp = (protocol: number): boolean => protocol === 1 || protocol === 58;
export const hasPorts = (protocol: number): boolean => [6, 17, 33, 132, 136].includes(protocol);

/** The words of a host's address: hosts differ in one bit of one word, a different word for each. */
export function hostWords(version: number, host: number): number[] {
  if (version === 4) return [0x0a000000 + host];
  const words = [0x20010db8, 0, 0, 1];
  words[host % 4] ^= 1 << (host + 7);
  return words;
}

const hostText = (version: number, host: number): string =>
  version === 4
    ? `10.0.0.${host}`
    : hostWords(version, host)
        .map((word) => `${((word >>> 16) & 0xffff).toString(16)}:${(word & 0xffff).toString(16)}`)
        .join(':');

/** Octets of the transport header; a later fragment has none. */
export function transportOctets({ protocol, fragment }: Packet): number {
  if (fragment !== null && !fragment.first) return 0;
  if (protocol === TCP) return 20;
  return protocol === UDP || isIcmp(protocol) ? 8 : protocol === 132 ? 12 : 0;
}

/** Octets of the IP packet by its header. */
export function ipOctets(packet: Packet): number {
  const header = packet.version === 4 ? 20 : packet.fragment === null ? 40 : 48;
  return header + transportOctets(packet) + packet.payload;
}

function transport(packet: Packet): Uint8Array {
  const { protocol, sourcePort, destinationPort, sequence, flags } = packet;
  const ports = isIcmp(protocol) ? u16(destinationPort, 0) : u16(sourcePort, destinationPort);
  const header = join(ports, u32(sequence, 0), u16(0x5000 | flags, 1024, 0, 0)).subarray(0, transportOctets(packet));
  return join(header, zeros(Math.min(packet.payload, 20)).fill(0x5a)).subarray(0, packet.snap);
}

/** The packet as an Ethernet frame, cut behind `snap` octets of what follows its IP header. */
export function frameOf(packet: Packet): Uint8Array {
  if (packet.ignored) return ethernet({ octets: zeros(46), etherType: 0x0806 }).octets;
  const { version, protocol, fragment, ttl, tos, vlans } = packet;
  const addresses = { src: hostText(version, packet.source), dst: hostText(version, packet.destination) };
  let piece: Piece = { octets: join(transport(packet)), protocol };
  if (version === 4) {
    const place = fragment === null ? 0 : fragment.first ? 0x2000 : 185;
    const identification = fragment?.identification ?? 0;
    const more = { tos, ttl, identification, fragment: place, length: ipOctets(packet) };
    piece = ipv4({ ...addresses, ...more }, piece);
  } else {
    if (fragment !== null)
      piece = fragmentHeader(fragment.first ? 0 : 181, fragment.first, fragment.identification, piece);
    piece = ipv6({ ...addresses, trafficClass: tos, hopLimit: ttl, length: ipOctets(packet) - 40 }, piece);
  }
  for (const id of vlans.toReversed()) piece = vlan(id, piece);
  piece = ethernet(piece);
  if (packet.vxlan === 0) return piece.octets;
  const carrier = { src: '192.0.2.1', dst: '192.0.2.2', length: ipOctets(packet) + 50 + 4 * vlans.length };
  return ethernet(ipv4(carrier, vxlan(packet.vxlan, piece))).octets;
}

/** Frames in one buffer, to be filled into batches; rubbish stands between them. */
export class Capture {
  private readonly offsets: number[] = [];
  private readonly lengths: number[] = [];
  private readonly octets: Uint8Array;
  private readonly batch = new PacketBatch();

  constructor(
    readonly packets: readonly Packet[],
    frames: readonly Uint8Array[] = packets.map(frameOf),
  ) {
    const gap = bytes(0xff, 0xff, 0xff, 0xff);
    let at = 0;
    for (const frame of frames) {
      this.offsets.push(at);
      this.lengths.push(frame.length);
      at += frame.length + gap.length;
    }
    this.octets = join(...frames.flatMap((frame) => [frame, gap]));
  }

  get length(): number {
    return this.packets.length;
  }

  /** The packets from `from` to `to`, as a capture reader hands them over. */
  fill(from: number, to: number): PacketBatch {
    const { batch } = this;
    batch.attach(this.octets);
    batch.count = to - from;
    batch.firstNumber = from;
    batch.latestUs = 0;
    for (let i = 0; i < batch.count; i++) {
      const { timeUs, timeNs } = this.packets[from + i];
      batch.offset[i] = this.offsets[from + i];
      batch.captured[i] = this.lengths[from + i];
      batch.wire[i] = Math.max(this.lengths[from + i], ipOctets(this.packets[from + i]) + 14);
      batch.timeUs[i] = timeUs;
      batch.timeNs[i] = timeNs;
      batch.link[i] = 1;
      batch.latestUs = Math.max(batch.latestUs, timeUs);
    }
    return batch;
  }
}

export interface MeterOptions {
  readonly idleUs: number;
  readonly activeUs: number;
  readonly maxFlows?: number;
  readonly vlanInKey?: boolean;
  /** Bits of the hash that are left: few make the keys collide. */
  readonly hashMask?: number;
  readonly workers?: number;
  readonly worker?: number;
  readonly meters?: readonly Meter[];
}

/** What one direction of a flow measured. */
export interface DirectionFields {
  packets: number;
  octets: number;
  initialFlags: number;
  unionFlags: number;
  /** Whether control bit 8 was seen. */
  ae: boolean;
  sequence: number;
  smallest: number;
  largest: number;
  smallestTtl: number;
  largestTtl: number;
  tos: number;
  /** Bits of flowAttributes. */
  attributes: number;
}

/** What a record says. */
export interface FlowFields {
  version: number;
  protocol: number;
  source: number[];
  destination: number[];
  ports: number[];
  /** Four ids, innermost first, 0 where there is none. */
  vlans: number[];
  vxlan: number;
  /** Number of the first packet, and where in the sequence of packets the flow ended. */
  first: number;
  position: number;
  reason: number;
  /** Nanoseconds since 1970. */
  start: bigint;
  end: bigint;
  reverseStart: bigint;
  /** Forward, reverse; a direction without packets says nothing else. */
  directions: [DirectionFields, DirectionFields];
}

/** A record in one line: tests compare lists of lines. */
export function flowLine(f: FlowFields): string {
  const words = (values: readonly number[]): string => values.map((value) => (value >>> 0).toString(16)).join('.');
  const key = `IPv${f.version}/${f.protocol} ${words(f.source)}:${f.ports[0]}>${words(f.destination)}:${f.ports[1]}`;
  const times = `${f.start}..${f.end}`;
  const direction = (d: DirectionFields): string =>
    `${d.packets}p ${d.octets}o flags ${d.initialFlags}/${d.unionFlags}${d.ae ? '+AE' : ''} seq ${d.sequence} ` +
    `size ${d.smallest}-${d.largest} ttl ${d.smallestTtl}-${d.largestTtl} tos ${d.tos} attributes ${d.attributes}`;
  const reverse = f.directions[1].packets === 0 ? '' : ` | ${direction(f.directions[1])} from ${f.reverseStart}`;
  const tags = `vlan ${f.vlans.join('.')} vxlan ${f.vxlan}`;
  return `#${f.first} ${key} ${tags} reason ${f.reason} at ${f.position} ${times} ${direction(f.directions[0])}${reverse}`;
}

function readFlow(closed: ClosedFlows, row: number, meter: FlowMeter): FlowFields {
  const words = closed.words.subarray(row * closed.stride);
  const floats = closed.floats.subarray((row * closed.stride) / 2);
  const extension = closed.extensionOffset;
  const service = meter.meters.findIndex(({ name }) => name === 'serviceClass');
  const tos = service === -1 ? 0 : words[extension + meter.offsets[service]];
  const nanoseconds = words[W.Nanoseconds];
  const nano = (us: number, shift: number): bigint =>
    Number.isFinite(us) ? BigInt(us) * 1000n + BigInt((nanoseconds >>> shift) & 0x3ff) : -1n;
  const state = words[W.State];
  const layers = (state & State.Layers) !== 0;
  const version = (words[W.Protocol] >>> 8) & 0xff;
  const addressWords = version === 4 ? 1 : 4;
  const moreTags = layers ? words[closed.tunnelOffset + TunnelWord.MoreTags] : 0;
  const direction = (d: number): DirectionFields => ({
    packets: words[W.Packets + d] >>> 0,
    octets: floats[F.Octets + d],
    initialFlags: (words[W.TcpFlags] >>> (16 * d)) & 0xff,
    unionFlags: (words[W.TcpFlags] >>> (16 * d + 8)) & 0xff,
    ae: ((state >>> (State.AeShift + d)) & 1) === 1,
    sequence: words[extension + Extension.Sequence + d] >>> 0,
    smallest: words[W.Smallest + 2 * d] & LengthTtl.LengthMask,
    largest: words[W.Largest + 2 * d] & LengthTtl.LengthMask,
    smallestTtl: words[W.Smallest + 2 * d] >>> LengthTtl.TtlShift,
    largestTtl: words[W.Largest + 2 * d] >>> LengthTtl.TtlShift,
    tos: (tos >>> (8 * d)) & 0xff,
    attributes: words[W.Attributes + d] & 0xf,
  });
  if (((words[ClosedW.Presence] & Present.Reverse) !== 0) !== (words[W.ReversePackets] !== 0))
    throw new Error('presence');
  return {
    version,
    protocol: words[W.Protocol] & 0xff,
    source: Array.from(words.subarray(W.SourceAddress, W.SourceAddress + addressWords)),
    destination: Array.from(words.subarray(W.DestinationAddress, W.DestinationAddress + addressWords)),
    ports: [words[W.Ports] >>> 16, words[W.Ports] & 0xffff],
    vlans: [words[W.Vlan] & 0xfff, words[W.Vlan] >>> 12, moreTags & 0xfff, moreTags >>> 12],
    vxlan: (state & State.Tunnel) === 0 ? 0 : words[closed.tunnelOffset + TunnelWord.Ids],
    first: floats[extension / 2 + Extension.FirstNumber],
    position: closed.positions[row],
    reason: (state & State.Closed) >>> State.EndReasonShift,
    start: nano(floats[F.Start], 0),
    end: nano(floats[F.End], 10),
    reverseStart: nano(floats[extension / 2 + Extension.ReverseStart], 20),
    directions: [direction(0), direction(1)],
  };
}

/** Decode and flow, wired together, with its records as text. */
export class TestMeter {
  /** Records so far, a line each. */
  readonly records: string[] = [];
  readonly meter: FlowMeter;
  private readonly settings: DecodeSettings;
  private readonly decoder: BatchDecoder;
  readonly decoded = new DecodedBatch(256);
  private readonly hashMask: number;
  /** Called between decode and flow, for tests that change what decode found. */
  change: () => void = () => undefined;
  /** Called with each block of records. */
  delivered: (closed: ClosedFlows) => void = () => undefined;

  constructor(options: MeterOptions) {
    const seed = createHashSeed(5);
    const { vlanInKey = true, workers = 1, worker = 0, maxFlows = 10_000, idleUs, activeUs } = options;
    this.hashMask = options.hashMask ?? -1;
    this.settings = createDecodeSettings({ seed, vlanInKey, decap: ['vxlan'], workers, worker });
    this.decoder = new BatchDecoder(this.settings);
    const timeouts = { idleTimeoutUs: idleUs, activeTimeoutUs: activeUs };
    const { meters = METERS } = options;
    this.meter = new FlowMeter({ ...timeouts, maxFlows, batchCapacity: 256, seed, meters }, (closed) => {
      this.delivered(closed);
      for (let row = 0; row < closed.count; row++) this.records.push(flowLine(readFlow(closed, row, this.meter)));
    });
  }

  process(batch: PacketBatch): void {
    const { decoded, hashMask } = this;
    this.decoder.decode(batch, 0, batch.count, decoded);
    if (hashMask !== -1) for (let k = 0; k < decoded.count; k++) decoded.hash[k] &= hashMask;
    this.change();
    this.meter.process(decoded);
  }

  finish(): string[] {
    this.meter.finish();
    return this.records;
  }
}

/** Records of all packets, in batches whose lengths `split` repeats. */
export function meterPackets(
  packets: readonly Packet[] | Capture,
  options: MeterOptions,
  split: readonly number[] = [256],
): string[] {
  const capture = packets instanceof Capture ? packets : new Capture(packets);
  const meter = new TestMeter(options);
  for (let from = 0, n = 0; from < capture.length; n++) {
    const to = Math.min(capture.length, from + split[n % split.length]);
    meter.process(capture.fill(from, to));
    from = to;
  }
  return meter.finish();
}

/** The key words of row `k` as the decoded batch has them. */
export function keyOf(decoded: DecodedBatch, k: number): number[] {
  return Array.from(decoded.key.subarray(k << Size.KeyShift, (k << Size.KeyShift) + Size.KeyWords));
}
