import { Size, TunnelWord } from '../../decode/decoded-batch.js';
import { Tunnel } from '../../decode/tunnel/tunnels.js';
import { Present } from '../../flow/flow-field.js';
import { F, W } from '../../flow/flow-record.js';

/**
 * Conditions of exported fields beyond those that the closed record says itself (`Present`): what follows from the
 * values in it. Both kinds together decide which fields a record has, and so which Template it is sent with.
 */
export const enum Condition {
  /** The packet had a VLAN tag outside the innermost one. */
  OuterVlan = 1 << 12,
  /** The label stack has a second and a third label. */
  SecondLabel = 1 << 13,
  ThirdLabel = 1 << 14,
  /** A decapsulated layer has an id that an Information Element is defined for. */
  SegmentId = 1 << 15,
  GeneveId = 1 << 16,
  GreKey = 1 << 17,
  GtpuTeid = 1 << 18,
  /** There is a decapsulated layer. */
  Tunnel = 1 << 19,
  /** A counter is too large for what YAF sends in 4 octets. Only in IPFIX: values of text have no length. */
  LargeCounters = 1 << 20,

  First = OuterVlan,
  /** One more than the highest value of `Present` and `Condition` bits together. */
  Values = 1 << 21,

  /** `Present` bits without which none of the above can hold. */
  Possible = Present.Vlan | Present.Mpls | Present.TunnelIpv4 | Present.TunnelIpv6,
}

/** Sets of tunnel kinds whose ids one element holds. */
export const enum TunnelSet {
  /** Those that layer2SegmentId is defined for. */
  Segment = (1 << Tunnel.Vxlan) | (1 << Tunnel.Nvgre),
  Geneve = 1 << Tunnel.Geneve,
  Gre = 1 << Tunnel.Gre,
  Gtpu = 1 << Tunnel.Gtpu,
}

/**
 * The conditions that hold for the record at word `row`, which has at least one of `Condition.Possible`.
 * @param presence the record's `Present` bits
 */
export function furtherConditions(
  words: Int32Array,
  row: number,
  tunnelOffset: number,
  mplsOffset: number,
  presence: number,
): number {
  let conditions = 0;
  if (presence & Present.Vlan && words[row + W.Vlan] >>> 12 !== 0) conditions |= Condition.OuterVlan;
  if (presence & Present.Mpls) {
    const labels = words[row + mplsOffset];
    if (labels > 1) conditions |= Condition.SecondLabel;
    if (labels > 2) conditions |= Condition.ThirdLabel;
  }
  if (presence & (Present.TunnelIpv4 | Present.TunnelIpv6)) {
    const tunnel = row + tunnelOffset;
    conditions |= Condition.Tunnel;
    if (innermostLayer(words, tunnel, TunnelSet.Segment) >= 0) conditions |= Condition.SegmentId;
    if (innermostLayer(words, tunnel, TunnelSet.Geneve) >= 0) conditions |= Condition.GeneveId;
    if (innermostLayer(words, tunnel, TunnelSet.Gtpu) >= 0) conditions |= Condition.GtpuTeid;
    // A GRE header without a key is kept as key 0.
    const gre = innermostLayer(words, tunnel, TunnelSet.Gre);
    if (gre >= 0 && words[tunnel + TunnelWord.Ids + gre] !== 0) conditions |= Condition.GreKey;
  }
  return conditions;
}

/** The bit of flowEndReason by which YAF marks the continuation of a flow. */
export const CONTINUATION = 0x80;

/** YAF has 8 octets for all counters of a record of which one is so large: the top bit of a word. */
const LARGE_COUNTER = 0x8000_0000;

/**
 * Whether `Condition.LargeCounters` holds for the record at word `row`.
 * @param presence the record's `Present` bits
 */
export function hasLargeCounters(words: Int32Array, floats: Float64Array, row: number, presence: number): boolean {
  const f = row >> 1;
  if (floats[f + F.Octets] >= LARGE_COUNTER || words[row + W.Packets] < 0) return true;
  if ((presence & Present.Reverse) === 0) return false;
  return floats[f + F.ReverseOctets] >= LARGE_COUNTER || words[row + W.ReversePackets] < 0;
}

/** Number of the innermost decapsulated layer whose kind is in `kinds`, -1 when there is none. */
export function innermostLayer(words: Int32Array, tunnel: number, kinds: number): number {
  const layers = words[tunnel + TunnelWord.Kinds];
  for (let layer = Size.MaxTunnelLayers - 1; layer >= 0; layer--) {
    if (kinds & (1 << ((layers >>> (8 * layer)) & 0xff)) & ~1) return layer;
  }
  return -1;
}
