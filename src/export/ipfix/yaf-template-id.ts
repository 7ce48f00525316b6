import { REVERSE_PEN } from '../../ipfix/information-model.js';
import type { FieldSpecifier } from './ipfix-template.js';

/** YAF's flow Templates have this id, with a bit for each thing that not all of them have. */
const FLOW_TEMPLATE = 0xb000;

const enum Bit {
  OnlyNanoseconds = 0x0001,
  DeltaCounters = 0x0002,
  Mpls = 0x0004,
  Biflow = 0x0010,
  Tcp = 0x0020,
  Interfaces = 0x0040,
  FullCounters = 0x0080,
  OnlyMicroseconds = 0x0100,
  /** YAF gives records with and without a network id one id; here each has its own, by a bit that YAF does not use. */
  SegmentId = 0x0200,
  Ipv6 = 0x0400,
}

const BIT_OF_ELEMENT: Readonly<Record<string, number>> = {
  flowStartNanoseconds: Bit.OnlyNanoseconds,
  flowStartMicroseconds: Bit.OnlyMicroseconds,
  octetDeltaCount: Bit.DeltaCounters,
  mplsTopLabelStackSection: Bit.Mpls,
  tcpSequenceNumber: Bit.Tcp,
  ingressInterface: Bit.Interfaces,
  yafLayer2SegmentId: Bit.SegmentId,
  sourceIPv6Address: Bit.Ipv6,
};

/** What the main record of every YAF flow has. */
const IN_ALL = [
  'flowAttributes',
  'protocolIdentifier',
  'flowEndReason',
  'silkAppLabel',
  'vlanId',
  'ipClassOfService',
  'subTemplateMultiList',
];

/**
 * The id that YAF 2.16 gives a flow Template of this content, TCP's fields in the main record (its `--silk`); null when YAF
 * has no such Template.
 */
export function yafTemplateId(specifiers: readonly FieldSpecifier[]): number | null {
  const names = new Set(specifiers.map(({ element }) => element.name));
  if (IN_ALL.some((name) => !names.has(name))) return null;
  let id = FLOW_TEMPLATE;
  for (const { element, octets } of specifiers) {
    id |= BIT_OF_ELEMENT[element.name] ?? 0;
    if (!COUNTER.test(element.name)) continue;
    if (element.pen === REVERSE_PEN) id |= Bit.Biflow;
    if (octets === FULL_COUNTER_OCTETS) id |= Bit.FullCounters;
  }
  return id;
}

const COUNTER = /^(p|reverseP)acket(Total|Delta)Count$/;
const FULL_COUNTER_OCTETS = 8;
