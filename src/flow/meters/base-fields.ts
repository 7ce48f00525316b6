import { LengthTtl } from '../../decode/decoded-batch.js';
import { Base, type FlowField, Format, Present } from '../flow-field.js';
import { Extension, F, W } from '../flow-record.js';
import { Attribute } from './base.js';

const REVERSE_TCP = Present.Tcp | Present.Reverse;
const LENGTH = { format: Format.Unsigned, bits: LengthTtl.TtlShift };
const TTL = { format: Format.Unsigned, shift: LengthTtl.TtlShift, bits: 8 };
const FLAGS = { source: W.TcpFlags, format: Format.Unsigned, bits: 8 };
const SEQUENCE = { base: Base.Extension, format: Format.Unsigned };
const ATTRIBUTES = { format: Format.Unsigned, bits: Attribute.ExportedBits };

/** What the base meters export. */
export const BASE_FIELDS: readonly FlowField[] = [
  { element: 'packetDeltaCount', source: W.Packets, format: Format.Unsigned },
  { element: 'octetDeltaCount', source: F.Octets, format: Format.Float },
  { element: 'reversePacketDeltaCount', source: W.ReversePackets, format: Format.Unsigned, when: Present.Reverse },
  { element: 'reverseOctetDeltaCount', source: F.ReverseOctets, format: Format.Float, when: Present.Reverse },

  { element: 'tcpControlBits', source: W.TcpFlags, format: Format.TcpBits, when: Present.Tcp },
  { element: 'reverseTcpControlBits', source: W.TcpFlags, format: Format.TcpBits, shift: 16, when: REVERSE_TCP },
  { element: 'initialTCPFlags', ...FLAGS, when: Present.Tcp },
  { element: 'unionTCPFlags', ...FLAGS, shift: 8, when: Present.Tcp },
  { element: 'reverseInitialTCPFlags', ...FLAGS, shift: 16, when: REVERSE_TCP },
  { element: 'reverseUnionTCPFlags', ...FLAGS, shift: 24, when: REVERSE_TCP },
  { element: 'tcpSequenceNumber', source: Extension.Sequence, ...SEQUENCE, when: Present.Tcp },
  { element: 'reverseTcpSequenceNumber', source: Extension.ReverseSequence, ...SEQUENCE, when: REVERSE_TCP },

  { element: 'minimumIpTotalLength', source: W.Smallest, ...LENGTH },
  { element: 'maximumIpTotalLength', source: W.Largest, ...LENGTH },
  { element: 'minimumTTL', source: W.Smallest, ...TTL },
  { element: 'maximumTTL', source: W.Largest, ...TTL },
  { element: 'reverseMinimumIpTotalLength', source: W.ReverseSmallest, ...LENGTH, when: Present.Reverse },
  { element: 'reverseMaximumIpTotalLength', source: W.ReverseLargest, ...LENGTH, when: Present.Reverse },
  { element: 'reverseMinimumTTL', source: W.ReverseSmallest, ...TTL, when: Present.Reverse },
  { element: 'reverseMaximumTTL', source: W.ReverseLargest, ...TTL, when: Present.Reverse },

  { element: 'flowAttributes', source: W.Attributes, ...ATTRIBUTES },
  { element: 'reverseFlowAttributes', source: W.ReverseAttributes, ...ATTRIBUTES, when: Present.Reverse },
];
