import { type DecodedBatch, Fact, LengthTtl } from '../../decode/decoded-batch.js';
import { Protocol, Tcp } from '../../decode/transport/ports.js';
import { Extension, F, Record, State, W } from '../flow-record.js';
import type { FlowStore } from '../flow-store.js';
import { hasMptcp } from './mptcp.js';

/** Bits of an attributes word; the lower four are those of flowAttributes (CERT element 40). Above them stands a size. */
export const enum Attribute {
  AllSameSize = 0x01,
  Mptcp = 0x04,
  Fragmented = 0x08,
  ExportedBits = 4,
  /** The sizes seen so far differ. */
  SizesDiffer = 0x10,
  /** The size that the first packet set for "all of one size". */
  SizeShift = 8,
}

const enum Count {
  /** The upper half of a counter that is about to overflow: its flow ends here, to be continued by another record. */
  NearlyFull = 0xffff,
  FullShift = 16,
  FragmentFacts = Fact.FragmentFirst | Fact.FragmentLater,
  /** Position of Fact.TcpFlagsPresent. */
  FlagsPresentBit = 12,
  /** TCP control bit 8 (RFC 9768: AE): it has no room in the one-octet elements. */
  TcpAe = 0x100,
}

/**
 * The pass of the base meters over rows `from` to `to`: everything that the 128-octet record counts, in one go, since the
 * record is in the cache and the columns are at hand. Notes in `first` the rows that begin a direction of their flow, for
 * the other meters. Calls nothing within its loop.
 *
 * Counted are packets and octets (IP lengths as the headers say), control bits of the first and of all later packets
 * and the first sequence number of TCP, smallest and largest length and TTL, and the flow attributes.
 */
export function countPackets(batch: DecodedBatch, from: number, to: number, store: FlowStore): void {
  const { flow, facts, lengthTtl, payloadLength, first } = batch;
  const { words, floats } = store;
  let firsts = 0;
  let full = 0;
  let syns = 0;
  for (let k = from; k < to; k++) {
    const f = flow[k] >>> 1;
    const reverse = flow[k] & 1;
    const packetFacts = facts[k];
    const length = lengthTtl[k] & LengthTtl.LengthMask;
    const ttl = lengthTtl[k] >>> LengthTtl.TtlShift;
    const r = f << Record.Shift;

    const packets = words[r | (W.Packets + reverse)];
    words[r | (W.Packets + reverse)] = (packets + 1) | 0;
    floats[(f << Record.FloatShift) | (F.Octets + reverse)] += length;

    const flags = packetFacts & -((packetFacts >>> Count.FlagsPresentBit) & 1);
    const extremes = r | (W.Smallest + 2 * reverse);
    const attributes = r | (W.Attributes + reverse);
    const tcp = (words[r | W.Protocol] & 0xff) === Protocol.Tcp;
    const size = tcp ? payloadLength[k] : length;
    if (packets === 0) {
      first[firsts++] = k;
      words[r | W.TcpFlags] |= (flags & 0xff) << (16 * reverse);
      words[extremes] = lengthTtl[k];
      words[extremes + 1] = lengthTtl[k];
      words[attributes] = size << Attribute.SizeShift;
    } else {
      words[r | W.TcpFlags] |= (flags & 0xff) << (16 * reverse + 8);
      const smallest = words[extremes];
      const largest = words[extremes + 1];
      if (length < (smallest & LengthTtl.LengthMask)) words[extremes] = (smallest & ~LengthTtl.LengthMask) | length;
      else if (length > (largest & LengthTtl.LengthMask)) {
        words[extremes + 1] = (largest & ~LengthTtl.LengthMask) | length;
      }
      if (ttl < smallest >>> LengthTtl.TtlShift) {
        words[extremes] = (words[extremes] & LengthTtl.LengthMask) | (ttl << LengthTtl.TtlShift);
      } else if (ttl > largest >>> LengthTtl.TtlShift) {
        words[extremes + 1] = (words[extremes + 1] & LengthTtl.LengthMask) | (ttl << LengthTtl.TtlShift);
      }
      // Packets of TCP without payload say nothing about the size; once sizes differ nothing does.
      const bits = words[attributes];
      if ((bits & Attribute.SizesDiffer) === 0 && size !== 0) {
        const expected = bits >>> Attribute.SizeShift;
        if (expected === 0) words[attributes] = bits | (size << Attribute.SizeShift);
        else if (expected === size) words[attributes] = bits | Attribute.AllSameSize;
        else words[attributes] = (bits & ~Attribute.AllSameSize) | Attribute.SizesDiffer;
      }
      if (packets >>> Count.FullShift === Count.NearlyFull) full = f;
    }
    if (packetFacts & Count.FragmentFacts) words[attributes] |= Attribute.Fragmented;
    if (flags & (Count.TcpAe | Tcp.Syn)) {
      words[r | W.State] |= ((flags >>> 8) & 1) << (State.AeShift + reverse);
      syns |= flags & Tcp.Syn;
    }
  }
  batch.firsts = firsts;
  beginDirections(batch, store);
  if (syns !== 0) markMptcp(batch, from, to, words);
  if (full !== 0) store.endSoon(full, batch.firstNumber + batch.row[to - 1]);
}

/** What the first packet of a direction adds to the extension row. */
function beginDirections(batch: DecodedBatch, store: FlowStore): void {
  const { first, firsts, flow, facts, timeUs, timeNs, transportOffset, view } = batch;
  const { extension, extensionWords } = store;
  for (let j = 0; j < firsts; j++) {
    const k = first[j];
    const f = flow[k] >>> 1;
    const reverse = flow[k] & 1;
    const e = f * extensionWords;
    if (reverse === 1) store.beginReverse(f, timeUs[k], timeNs[k]);
    if (facts[k] & Fact.TcpSequencePresent) {
      extension[e + Extension.Sequence + reverse] = view.getInt32(transportOffset[k] + Tcp.Sequence);
    }
  }
}

/** Looks at the options of the SYN packets, which alone open MPTCP connections or join them. */
function markMptcp(batch: DecodedBatch, from: number, to: number, words: Int32Array): void {
  for (let k = from; k < to; k++) {
    if ((batch.facts[k] & Tcp.Syn) === 0 || (batch.facts[k] & Fact.TcpFlagsPresent) === 0) continue;
    if (!hasMptcp(batch, k)) continue;
    words[((batch.flow[k] >>> 1) << Record.Shift) | (W.Attributes + (batch.flow[k] & 1))] |= Attribute.Mptcp;
  }
}
