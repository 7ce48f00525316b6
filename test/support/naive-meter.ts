import {
  type DirectionFields,
  flowLine,
  type FlowFields,
  hasPorts,
  hostWords,
  ipOctets,
  isIcmp,
  type MeterOptions,
  type Packet,
  TCP,
  transportOctets,
} from './traffic.js';

const TICK_NS = 262_144_000n;
const FRAGMENT_LIFETIME_US = 30_000_000n;

interface Transport {
  readonly protocol: number;
  readonly ports: number[];
}

interface NaiveFlow extends FlowFields {
  readonly key: string;
  /** FIN seen and FIN acknowledged, by direction of the FIN. */
  readonly fin: [boolean, boolean];
  readonly finAcked: [boolean, boolean];
  /** Sizes that count for "all of one size". */
  readonly sizes: [Set<number>, Set<number>];
  readonly sized: [number, number];
}

/**
 * The rules of flow records in the plainest form: one map of objects, looked through from end to end. `chooseVictim` tells
 * which of the live flows has to go when there are too many.
 */
export class NaiveMeter {
  readonly records: string[] = [];
  readonly live = new Map<string, NaiveFlow>();
  private readonly fragments = new Map<string, Transport & { time: bigint }>();
  private readonly idle: bigint;
  private readonly active: bigint;
  private number = -1;
  private clock = -1n;
  /** A tick that the clock jumped to, whose expiries wait for the clock to move on from there. */
  private pending: bigint | null = null;

  constructor(
    private readonly options: MeterOptions,
    private readonly chooseVictim: (flows: readonly NaiveFlow[], clock: bigint) => NaiveFlow = (flows) => flows[0],
  ) {
    this.idle = BigInt(options.idleUs) * 1000n;
    this.active = BigInt(options.activeUs) * 1000n;
  }

  packet(packet: Packet): void {
    this.number++;
    if (packet.ignored) return;
    const time = BigInt(packet.timeUs) * 1000n + BigInt(packet.timeNs);
    this.moveClock(time);
    const { protocol, ports } = this.transport(packet, time);
    const source = hostWords(packet.version, packet.source);
    const destination = hostWords(packet.version, packet.destination);
    const tags = this.options.vlanInKey === false ? [] : packet.vlans;
    const vlans = [1, 2, 3, 4].map((n) => tags.at(-n) ?? 0);
    const { version, vxlan } = packet;
    const scope = [version, protocol, vlans, vxlan].join(' ');
    const key = [scope, source, ports[0], destination, ports[1]].join('|');
    const reverseKey = isIcmp(protocol)
      ? [scope, destination, ports[0], source, ports[1]].join('|')
      : [scope, destination, ports[1], source, ports[0]].join('|');

    let flow = this.live.get(key) ?? this.live.get(reverseKey);
    if (flow !== undefined && time > flow.end + this.idle) flow = this.close(flow, 1, this.number);
    else if (flow !== undefined && time > flow.start + this.active) flow = this.close(flow, 2, this.number);
    if (flow === undefined) {
      while (this.live.size >= (this.options.maxFlows ?? Infinity)) {
        this.close(this.chooseVictim([...this.live.values()], this.clock), 5, this.number);
      }
      const base = { version, protocol, vlans, vxlan, source, destination, ports, first: this.number };
      const times = { position: 0, reason: 0, start: time, end: time, reverseStart: -1n };
      const directions: [DirectionFields, DirectionFields] = [nothing(), nothing()];
      const tcp = { fin: pair(false), finAcked: pair(false) };
      flow = { ...base, ...times, directions, key, ...tcp, sizes: [new Set(), new Set()], sized: pair(0) };
      this.live.set(key, flow);
    }
    const d = flow.key === key ? 0 : 1;
    if (time < flow.start) flow.start = time;
    if (time > flow.end) flow.end = time;
    if (d === 1 && (flow.reverseStart < 0n || time < flow.reverseStart)) flow.reverseStart = time;
    count(flow, d, packet);
    if (protocol === TCP && transportOctets(packet) > 0 && packet.snap >= 14) this.tcp(flow, d, packet.flags);
  }

  /** End of input. How long a flow has been idle by then is told in whole microseconds. */
  finish(): string[] {
    const now = this.clock / 1000n;
    for (const flow of this.inOrder()) {
      this.close(flow, now > (flow.end + this.idle) / 1000n ? 1 : 4, Infinity);
    }
    return this.records;
  }

  private moveClock(time: bigint): void {
    const { clock } = this;
    if (time <= clock) return;
    this.clock = time;
    const tick = time / TICK_NS;
    if (clock < 0n || tick === clock / TICK_NS) return;
    // What a former jump made due goes first, with what was known then.
    const moments = this.pending === null ? [] : [this.pending];
    this.pending = time / 1000n - clock / 1000n > this.idle / 1000n ? tick : null;
    if (this.pending === null) moments.push(tick);
    for (const flow of this.inOrder()) {
      const due = moments.map((t) => t * TICK_NS).find((t) => flow.end + this.idle < t || flow.start + this.active < t);
      if (due !== undefined) this.close(flow, flow.end + this.idle < due ? 1 : 2, this.number - 0.5);
    }
  }

  private tcp(flow: NaiveFlow, d: number, flags: number): void {
    if (flags & 1) flow.fin[d] = true;
    if (flags & 16 && flow.fin[1 - d]) flow.finAcked[1 - d] = true;
    if (flags & 4 || [...flow.fin, ...flow.finAcked].every(Boolean)) this.close(flow, 3, this.number);
  }

  private transport(packet: Packet, time: bigint): Transport {
    const { protocol, fragment, snap, version, source, destination, vxlan } = packet;
    const icmp = isIcmp(protocol);
    const present = transportOctets(packet) > 0 && (icmp ? snap >= 2 : hasPorts(protocol) && snap >= 4);
    const own: Transport = {
      protocol,
      ports: present ? [icmp ? 0 : packet.sourcePort, packet.destinationPort] : [0, 0],
    };
    if (fragment === null) return own;
    const tags = this.options.vlanInKey === false ? [] : [1, 2, 3, 4].map((n) => packet.vlans.at(-n) ?? 0);
    const named = version === 4 ? protocol : 'any';
    const datagram = [version, fragment.identification, named, source, destination, vxlan, tags].join('|');
    const us = time / 1000n;
    const known = this.fragments.get(datagram);
    const learned = fragment.first ? own : known && us <= known.time + FRAGMENT_LIFETIME_US ? known : null;
    if (learned !== null) this.fragments.set(datagram, { ...learned, time: us });
    return learned ?? own;
  }

  private inOrder(): NaiveFlow[] {
    return [...this.live.values()].sort((a, b) => a.first - b.first);
  }

  private close(flow: NaiveFlow, reason: number, position: number): undefined {
    flow.reason = reason;
    flow.position = position;
    this.live.delete(flow.key);
    this.records.push(flowLine(flow));
  }
}

const pair = <T>(value: T): [T, T] => [value, value];

function nothing(): DirectionFields {
  const flags = { initialFlags: 0, unionFlags: 0, ae: false, sequence: 0 };
  const sizes = { smallest: Infinity, largest: 0, smallestTtl: Infinity, largestTtl: 0 };
  return { packets: 0, octets: 0, ...flags, ...sizes, tos: 0, attributes: 0 };
}

function count(flow: NaiveFlow, d: number, packet: Packet): void {
  const direction = flow.directions[d];
  const first = direction.packets === 0;
  const octets = ipOctets(packet);
  const header = packet.protocol === TCP && transportOctets(packet) > 0;
  const flags = header && packet.snap >= 14 ? packet.flags : 0;
  direction.packets++;
  direction.octets += octets;
  if (first) direction.initialFlags = flags & 0xff;
  else direction.unionFlags |= flags & 0xff;
  if (flags & 0x100) direction.ae = true;
  if (first && header && packet.snap >= 8) direction.sequence = packet.sequence;
  if (first) direction.tos = packet.tos;
  direction.smallest = Math.min(direction.smallest, octets);
  direction.largest = Math.max(direction.largest, octets);
  direction.smallestTtl = Math.min(direction.smallestTtl, packet.ttl);
  direction.largestTtl = Math.max(direction.largestTtl, packet.ttl);
  // Of TCP the payload counts, where there is any.
  const size = flow.protocol === TCP ? packet.payload : octets;
  if (size !== 0) {
    flow.sizes[d].add(size);
    flow.sized[d]++;
  }
  const sameSize = flow.sized[d] > 1 && flow.sizes[d].size === 1 ? 1 : 0;
  direction.attributes = (direction.attributes & 0x8) | sameSize | (packet.fragment === null ? 0 : 0x8);
}
