import { Base, Format, Present } from '../../flow/flow-field.js';
import { Extension, W } from '../../flow/flow-record.js';
import { Condition, TunnelSet } from '../fields/conditions.js';
import { DerivedFormat } from '../fields/export-field.js';
import type { Profile, ProfileOverride } from './profile.js';

/** YAF sends all counters of a record in 8 octets when one of them is large. */
function counter(element: string, when: number): ProfileOverride[] {
  return [
    { element, octets: 4, when, unless: Condition.LargeCounters },
    { element, octets: 8, when: when | Condition.LargeCounters },
  ];
}

const VLAN = { source: W.Vlan, format: Format.Unsigned, bits: 12 };

function segmentId(kinds: number, when: number, unless: number): ProfileOverride {
  return {
    element: 'yafLayer2SegmentId',
    base: Base.Tunnel,
    source: 0,
    format: DerivedFormat.SegmentId,
    shift: kinds,
    when,
    unless,
  };
}

function label(element: string, shift: number): ProfileOverride {
  return { element, base: Base.Mpls, source: 0, format: DerivedFormat.Label, shift, bits: 24, when: Present.Mpls };
}

/**
 * The main record of YAF 2.16 in its order, as `yaf --silk` writes it, so that SiLK's and CERT's tools read it: the Templates
 * and their ids are YAF's. Where YAF has a field in every record and we have no value, it is 0, as there.
 */
export const cert: Profile = {
  name: 'cert',
  description: "as YAF writes records, for SiLK's and CERT's tools",
  counters: 'total',
  fields: [
    'flowStartMilliseconds',
    'flowEndMilliseconds',
    ...counter('octetDeltaCount', Present.Always),
    ...counter('reverseOctetDeltaCount', Present.Reverse),
    ...counter('packetDeltaCount', Present.Always),
    ...counter('reversePacketDeltaCount', Present.Reverse),
    'sourceIPv6Address',
    'destinationIPv6Address',
    'sourceIPv4Address',
    'destinationIPv4Address',
    'sourceTransportPort',
    'destinationTransportPort',
    { element: 'flowAttributes', octets: 2 },
    { element: 'reverseFlowAttributes', octets: 2 },
    'protocolIdentifier',
    { element: 'flowEndReason', source: W.State, format: DerivedFormat.YafEndReason },
    // Flows without a label have 0 where others have it.
    {
      element: 'silkAppLabel',
      source: 0,
      format: DerivedFormat.Zero,
      octets: 2,
      when: Present.Always,
      isDefault: true,
    },
    {
      element: 'reverseFlowDeltaMilliseconds',
      base: Base.Extension,
      source: Extension.ReverseStart,
      format: DerivedFormat.ReverseDelta,
      when: Present.Reverse,
    },
    'tcpSequenceNumber',
    'reverseTcpSequenceNumber',
    'initialTCPFlags',
    'unionTCPFlags',
    'reverseInitialTCPFlags',
    'reverseUnionTCPFlags',
    { element: 'vlanId', ...VLAN, when: Present.Always },
    { element: 'reverseVlanId', ...VLAN, when: Present.Reverse },
    { element: 'ingressInterface', octets: 4 },
    { element: 'egressInterface', source: 0, format: DerivedFormat.Zero, octets: 4, onlyWith: 'ingressInterface' },
    segmentId(TunnelSet.Geneve, Condition.GeneveId, Present.Always),
    segmentId(TunnelSet.Segment, Condition.SegmentId, Condition.GeneveId),
    'ipClassOfService',
    'reverseIpClassOfService',
    label('mplsTopLabelStackSection', 0),
    label('mplsLabelStackSection2', 1),
    label('mplsLabelStackSection3', 2),
    { element: 'subTemplateMultiList', source: 0, format: DerivedFormat.MultiList, bits: 0, isDefault: true },
  ],
};
