import { TUNNEL_NAMES, Tunnel } from '../../../src/decode/tunnel/tunnels.js';
import type { TimeUnit } from '../../../src/export/fields/flow-fields.js';
import { communityId } from '../../../src/ipfix/community-id.js';
import { ipv6Text } from '../../../src/ipfix/value-text.js';
import type { Direction, FlowDescription, Moment } from './closed-records.js';

/**
 * What the records of a described flow must say, worked out without the table of fields: element names and the values that
 * RFC 7373 text gives in JSON.
 */
export type Values = Record<string, unknown>;

export interface ExpectedOptions {
  readonly time?: TimeUnit;
  readonly uniflow?: boolean;
  readonly interfaceInKey?: boolean;
}

const UNITS = { ms: 'Milliseconds', us: 'Microseconds', ns: 'Nanoseconds' } as const;
const DIGITS = { ms: 3, us: 6, ns: 9 } as const;
const TCP = 6;
const ICMP = [1, 58];

/** The elements of the IPFIX records of one flow; in uniflow mode two for a biflow. */
export function expectedElements(flow: FlowDescription, options: ExpectedOptions = {}): Values[] {
  const { reverse } = flow;
  if (options.uniflow !== true) {
    return [{ ...oneWay(flow, flow.forward, options), ...(reverse === null ? {} : reversed(flow, reverse, options)) }];
  }
  if (reverse === null) return [oneWay(flow, flow.forward, options)];
  return [oneWay(flow, flow.forward, options), oneWay(turned(flow), reverse, options)];
}

/** What JSON and CSV say beyond that; lists are strings in CSV. */
export function expectedText(flow: FlowDescription): Values {
  const { tunnel, labels } = flow;
  const [source, destination] = [Buffer.from(flow.source), Buffer.from(flow.destination)];
  const octets = flow.version === 4 ? 4 : 16;
  return {
    communityId: communityId(source, 0, destination, 0, octets, flow.protocol, flow.sourcePort, flow.destinationPort),
    ...(tunnel === null ? {} : { tunnel: tunnel.layers.map(({ kind, id }) => ({ kind: TUNNEL_NAMES[kind], id })) }),
    ...(labels.length === 0 ? {} : { mpls: labels.map((label) => label >>> 4) }),
  };
}

/** IPv6 addresses of the tunnel, which only text formats have. */
export function expectedTunnelAddresses({ tunnel }: FlowDescription, isTurned: boolean): Values {
  if (tunnel === null || tunnel.version !== 6) return {};
  const [source, destination] = isTurned ? [tunnel.destination, tunnel.source] : [tunnel.source, tunnel.destination];
  return { tunnelSourceIPv6Address: addressText(source), tunnelDestinationIPv6Address: addressText(destination) };
}

function oneWay(flow: FlowDescription, direction: Direction, options: ExpectedOptions): Values {
  const time = options.time ?? 'ms';
  const ip = `IPv${flow.version}`;
  const portWord = flow.destinationPort;
  const values: Values = {
    [`flowStart${UNITS[time]}`]: timeText(direction.start, time),
    [`flowEnd${UNITS[time]}`]: timeText(flow.end, time),
    [`source${ip}Address`]: addressText(flow.source),
    [`destination${ip}Address`]: addressText(flow.destination),
    sourceTransportPort: flow.sourcePort,
    destinationTransportPort: flow.destinationPort,
    protocolIdentifier: flow.protocol,
    packetDeltaCount: direction.packets,
    octetDeltaCount: direction.octets,
    minimumIpTotalLength: direction.smallest,
    maximumIpTotalLength: direction.largest,
    minimumTTL: direction.smallestTtl,
    maximumTTL: direction.largestTtl,
    flowAttributes: direction.attributes,
    ipClassOfService: direction.service,
    flowEndReason: flow.endReason,
    flowId: flow.firstNumber + 1,
  };
  if (ICMP.includes(flow.protocol)) values[`icmpTypeCode${ip}`] = portWord;
  if (flow.protocol === TCP) Object.assign(values, tcpValues(direction));
  if (options.interfaceInKey === true) values.ingressInterface = flow.interface + 1;
  return { ...values, ...linkValues(flow), ...tunnelValues(flow) };
}

function tcpValues(direction: Direction): Values {
  return {
    tcpControlBits: direction.initialFlags | direction.unionFlags | (direction.ae ? 0x100 : 0),
    initialTCPFlags: direction.initialFlags,
    unionTCPFlags: direction.unionFlags,
    tcpSequenceNumber: direction.sequence,
  };
}

function linkValues({ macs, vlans, priorities, labels }: FlowDescription): Values {
  const values: Values = {};
  if (macs !== null)
    Object.assign(values, { sourceMacAddress: macText(macs[0]), destinationMacAddress: macText(macs[1]) });
  if (vlans !== null) Object.assign(values, { vlanId: vlans[0], dot1qPriority: priorities[0] });
  if (vlans?.[1] !== undefined)
    Object.assign(values, {
      dot1qVlanId: vlans[1],
      dot1qPriority: priorities[1],
      dot1qCustomerPriority: priorities[0],
    });
  const names = ['mplsTopLabelStackSection', 'mplsLabelStackSection2', 'mplsLabelStackSection3'];
  labels.forEach((label, n) => (values[names[n]] = label.toString(16).padStart(6, '0')));
  return values;
}

function tunnelValues({ tunnel }: FlowDescription): Values {
  if (tunnel === null) return {};
  const values: Values = {};
  if (tunnel.version === 4) {
    values.tunnelSourceIPv4Address = addressText(tunnel.source);
    values.tunnelDestinationIPv4Address = addressText(tunnel.destination);
  }
  for (const { kind, id } of tunnel.layers) {
    if (kind === Tunnel.Vxlan) values.layer2SegmentId = String((1n << 56n) + BigInt(id));
    if (kind === Tunnel.Nvgre) values.layer2SegmentId = String((2n << 56n) + BigInt(id));
    if (kind === Tunnel.Geneve) values.yafLayer2SegmentId = 0x03000000 + id;
    if (kind === Tunnel.Gtpu) values.gtpuTEid = id;
    // The innermost layer counts, also when it has no key.
    if (kind === Tunnel.Gre && id !== 0) values.greKey = id;
    if (kind === Tunnel.Gre && id === 0) delete values.greKey;
  }
  return values;
}

function reversed(flow: FlowDescription, reverse: Direction, options: ExpectedOptions): Values {
  const time = options.time ?? 'ms';
  const values: Values = {
    [`reverseFlowStart${UNITS[time]}`]: timeText(reverse.start, time),
    reversePacketDeltaCount: reverse.packets,
    reverseOctetDeltaCount: reverse.octets,
    reverseMinimumIpTotalLength: reverse.smallest,
    reverseMaximumIpTotalLength: reverse.largest,
    reverseMinimumTTL: reverse.smallestTtl,
    reverseMaximumTTL: reverse.largestTtl,
    reverseFlowAttributes: reverse.attributes,
    reverseIpClassOfService: reverse.service,
  };
  if (flow.protocol !== TCP) return values;
  for (const [name, value] of Object.entries(tcpValues(reverse))) {
    values[`reverse${name.charAt(0).toUpperCase()}${name.slice(1)}`] = value;
  }
  return values;
}

/** The flow as its responder would tell it. */
function turned(flow: FlowDescription): FlowDescription {
  const { tunnel, macs } = flow;
  const isIcmp = ICMP.includes(flow.protocol);
  return {
    ...flow,
    source: flow.destination,
    destination: flow.source,
    sourcePort: isIcmp ? flow.sourcePort : flow.destinationPort,
    destinationPort: isIcmp ? flow.destinationPort : flow.sourcePort,
    macs: macs === null ? null : [macs[1], macs[0]],
    tunnel: tunnel === null ? null : { ...tunnel, source: tunnel.destination, destination: tunnel.source },
  };
}

function timeText({ us, ns }: Moment, time: TimeUnit): string {
  const all = BigInt(us) * 1000n + BigInt(ns);
  const seconds = Number(all / 1_000_000_000n);
  const fraction = String(all % 1_000_000_000n).padStart(9, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction.slice(0, DIGITS[time])}Z`;
}

function addressText(octets: readonly number[]): string {
  return octets.length === 4 ? octets.join('.') : ipv6Text(Buffer.from(octets), 0);
}

function macText(octets: readonly number[]): string {
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}
