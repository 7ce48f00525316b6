import { Present } from '../../flow/flow-field.js';
import { EndReason, F, W } from '../../flow/flow-record.js';
import { DerivedFormat, type ExportField } from '../fields/export-field.js';
import { literal, namesOf, PROTOCOL_NAMES, protocol, wordBits } from './json-fields.js';
import type { Profile, ProfileOverride } from './profile.js';

/** Suricata's words for why a flow ended: it knows no others, so both timeouts are one. */
const REASONS = namesOf({
  [EndReason.Idle]: 'timeout',
  [EndReason.Active]: 'timeout',
  [EndReason.OfFlow]: 'timeout',
  [EndReason.Forced]: 'shutdown',
  [EndReason.LackOfResources]: 'forced',
});

/** `closed` when TCP ended the flow; else by whether there was an answer. */
function stateNames(otherwise: string): (string | undefined)[] {
  const names: (string | undefined)[] = REASONS.map(() => otherwise);
  names[EndReason.OfFlow] = 'closed';
  return names;
}

/** In Suricata's order. */
const CONTROL_BITS = [
  [0x02, 'syn'],
  [0x01, 'fin'],
  [0x04, 'rst'],
  [0x08, 'psh'],
  [0x10, 'ack'],
  [0x20, 'urg'],
  [0x40, 'ecn'],
  [0x80, 'cwr'],
] as const;
const ALL_BITS = Array.from({ length: 256 }, (_, bits) => bits);
const HEX = ALL_BITS.map((bits) => bits.toString(16).padStart(2, '0'));
/** The bits of both directions, and behind them a key for each that is set. */
const HEX_AND_KEYS = ALL_BITS.map((bits) => {
  const keys = CONTROL_BITS.filter(([bit]) => bits & bit).map(([, name]) => `,"${name}":true`);
  return `"${HEX[bits]}"${keys.join('')}`;
});
const BOTH_DIRECTIONS = 32;

function time(element: string, key: string): ProfileOverride {
  return { element, key, format: DerivedFormat.OffsetTime, textType: 'string' };
}

function tcpBits(key: string, shift: number, bits: number, when: number): ProfileOverride & ExportField {
  const format = DerivedFormat.TcpNames;
  return { element: key, key, source: W.TcpFlags, format, shift, bits, when, names: HEX, textType: 'string' };
}

function endReason(key: string, names: readonly (string | undefined)[], conditions: Partial<ProfileOverride>) {
  return {
    element: 'flowEndReason',
    key,
    format: DerivedFormat.Name,
    names,
    textType: 'string',
    ...conditions,
  } as const;
}

const REVERSE = { when: Present.Reverse };
const NO_REVERSE = { unless: Present.Reverse };
const TCP_REVERSE = Present.Tcp | Present.Reverse;
const REVERSE_FLAGS = tcpBits('tcp.tcp_flags_tc', 16, 16, TCP_REVERSE);

/** The flow event of Suricata's EVE JSON. */
export const eve: Profile = {
  name: 'eve',
  description: "JSON with the keys of Suricata's EVE flow events",
  counters: 'delta',
  isJson: true,
  fields: [
    time('flowEndMilliseconds', 'timestamp'),
    { element: 'flowId', key: 'flow_id' },
    literal('event_type', 'flow'),
    {
      element: 'vlan',
      key: 'vlan',
      source: W.Vlan,
      format: DerivedFormat.VlanIds,
      when: Present.Vlan,
      textType: 'list',
    },
    { element: 'sourceIPv4Address', key: 'src_ip' },
    { element: 'sourceIPv6Address', key: 'src_ip' },
    { element: 'sourceTransportPort', key: 'src_port', unless: Present.Icmp },
    { element: 'destinationIPv4Address', key: 'dest_ip' },
    { element: 'destinationIPv6Address', key: 'dest_ip' },
    { element: 'destinationTransportPort', key: 'dest_port', unless: Present.Icmp },
    protocol('proto', PROTOCOL_NAMES),
    literal('ip_v', 4, { when: Present.Ipv4 }),
    literal('ip_v', 6, { when: Present.Ipv6 }),
    wordBits('icmp_type', W.Ports, 8, 8, Present.Icmp),
    wordBits('icmp_code', W.Ports, 0, 8, Present.Icmp),
    { element: 'applicationName', key: 'app_proto', format: DerivedFormat.LabelProtocol },
    { element: 'packetDeltaCount', key: 'flow.pkts_toserver' },
    { element: 'reversePacketDeltaCount', key: 'flow.pkts_toclient' },
    literal('flow.pkts_toclient', 0, NO_REVERSE),
    { element: 'octetDeltaCount', key: 'flow.bytes_toserver' },
    { element: 'reverseOctetDeltaCount', key: 'flow.bytes_toclient' },
    literal('flow.bytes_toclient', 0, NO_REVERSE),
    time('flowStartMilliseconds', 'flow.start'),
    time('flowEndMilliseconds', 'flow.end'),
    {
      element: 'flow.age',
      key: 'flow.age',
      source: F.Start,
      format: DerivedFormat.Duration,
      bits: 1e9,
      textType: 'number',
    },
    endReason('flow.state', stateNames('established'), REVERSE),
    endReason('flow.state', stateNames('new'), NO_REVERSE),
    endReason('flow.reason', REASONS, {}),
    literal('flow.alerted', false),
    { element: 'sourceMacAddress', key: 'ether.src_macs', around: ['["', '"]'] },
    { element: 'destinationMacAddress', key: 'ether.dest_macs', around: ['["', '"]'] },
    { ...tcpBits('tcp.tcp_flags_ts', 0, 16, Present.Tcp), twin: REVERSE_FLAGS },
    REVERSE_FLAGS,
    { ...tcpBits('tcp.tcp_flags', 0, BOTH_DIRECTIONS, Present.Tcp), names: HEX_AND_KEYS, textType: 'list' },
    endReason('tcp.state', stateNames('established'), { when: TCP_REVERSE }),
    endReason('tcp.state', stateNames('new'), { when: Present.Tcp, unless: Present.Reverse }),
    { element: 'communityId', key: 'community_id' },
  ],
};
