import { type DecodedBatch, Fact, LengthTtl, Size } from '../decode/decoded-batch.js';
import { Protocol, Tcp } from '../decode/transport/ports.js';
import { Attribute } from './meters/base.js';
import { F, Record, State, W } from './flow-record.js';
import { match, Match } from './flow-table.js';
import { Storage } from './flow-records.js';
import { nextTcpState } from './tcp-state.js';

/**
 * The pass for the packets to which nothing happens but that they are counted, which is nearly all of them: the flow that
 * `touch` found is theirs by its whole key, it lives, no timeout is near, TCP does not end it. It compares the key, moves the
 * time of the last packet, and counts, row by row from `from` on, and calls nothing. The row `settled` is only counted: its
 * flow has been seen to.
 *
 * Counted are packets and octets (IP lengths as the headers say), control bits of the first and of all later packets of TCP,
 * smallest and largest length and TTL, and the flow attributes: all that the 128-octet record holds. Lists in `first` the
 * rows that begin a direction of their flow, in `syn` those with SYN.
 * @param nanoseconds 1 when time stamps have nanoseconds, else 0
 * @returns the first row that wants more, or `to`
 */
export type CountPackets = (
  from: number,
  to: number,
  settled: number,
  idleUs: number,
  activeUs: number,
  nanoseconds: number,
) => number;

const enum Count {
  /** Facts of packets that may find their flow the slower way. */
  FactsAside = Storage.FactsInScope | Fact.Icmp,
  /** With these TCP may be about to end the flow. */
  FactsEnding = Tcp.Fin | Tcp.Rst,
  StatesEnding = State.FinForward | State.FinReverse,
  /** The upper half of a counter that is about to overflow. */
  NearlyFull = 0xffff,
  FullShift = 16,
  FragmentFacts = Fact.FragmentFirst | Fact.FragmentLater,
  /** Position of Fact.TcpFlagsPresent. */
  FlagsPresentBit = 12,
  /** TCP control bit 8 (RFC 9768: AE): it has no room in the one-octet elements. */
  TcpAe = 0x100,
  /** The nanoseconds of the last packet in their word. */
  EndNanosecondsShift = 10,
  EndNanosecondsMask = 0x3ff << Count.EndNanosecondsShift,
}

/** Whether a packet counter is about to overflow: its flow ends then, to be continued by another record. */
export function isNearlyFull(packets: number): boolean {
  return packets >>> Count.FullShift === Count.NearlyFull;
}

/** Makes the pass over the columns of `batch` and the records `words`, `floats`; why passes are made: docs/architecture.md, "Passes". */
export function createCountPackets(batch: DecodedBatch, words: Int32Array, floats: Float64Array): CountPackets {
  const { key, flow, facts, timeUs, timeNs, lengthTtl, payloadLength, first, syn } = batch;

  return (from, to, settled, idleUs, activeUs, nanoseconds) => {
    let { firsts, syns } = batch;
    let k = from;
    for (; k < to; k++) {
      const packetFacts = facts[k];
      let id = flow[k];
      if (k !== settled) {
        const at = k << Size.KeyShift;
        const r = id << Record.Shift;
        const d = id << Record.FloatShift;
        const ports = key[at | W.Ports];
        const direction = match(words, r, key, at, (ports << 16) | (ports >>> 16));
        const state = words[r | W.State];
        const aside = (state & State.Closed) | (packetFacts & Count.FactsAside) | (direction & Match.NoMatch);
        const t = timeUs[k];
        const sinceEnd = t - floats[d | F.End];
        if (aside !== 0 || sinceEnd < nanoseconds || sinceEnd >= idleUs || t - floats[d | F.Start] >= activeUs) break;
        if (words[r | (W.Packets + direction)] >>> Count.FullShift === Count.NearlyFull) break;
        if (((state & Count.StatesEnding) | (packetFacts & Count.FactsEnding)) !== 0) {
          const next = nextTcpState(state, packetFacts, direction);
          if (next < 0) break;
          words[r | W.State] = next;
        }
        floats[d | F.End] = t;
        if (nanoseconds !== 0) {
          const packed = words[r | W.Nanoseconds] & ~Count.EndNanosecondsMask;
          words[r | W.Nanoseconds] = packed | (timeNs[k] << Count.EndNanosecondsShift);
        }
        id = (id << 1) | direction;
        flow[k] = id;
      }

      const reverse = id & 1;
      const r = (id >>> 1) << Record.Shift;
      const sizes = lengthTtl[k];
      const length = sizes & LengthTtl.LengthMask;
      const packets = words[r | (W.Packets + reverse)];
      words[r | (W.Packets + reverse)] = (packets + 1) | 0;
      floats[((id >>> 1) << Record.FloatShift) | (F.Octets + reverse)] += length;

      const flags = packetFacts & -((packetFacts >>> Count.FlagsPresentBit) & 1);
      const extremes = r | (W.Smallest + 2 * reverse);
      const attributes = r | (W.Attributes + reverse);
      const size = (words[r | W.Protocol] & 0xff) === Protocol.Tcp ? payloadLength[k] : length;
      if (packets === 0) {
        first[firsts++] = k;
        words[r | W.TcpFlags] |= (flags & 0xff) << (16 * reverse);
        words[extremes] = sizes;
        words[extremes + 1] = sizes;
        words[attributes] = size << Attribute.SizeShift;
      } else {
        words[r | W.TcpFlags] |= (flags & 0xff) << (16 * reverse + 8);
        const ttl = sizes >>> LengthTtl.TtlShift;
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
      }
      if (packetFacts & Count.FragmentFacts) words[attributes] |= Attribute.Fragmented;
      if (flags & (Count.TcpAe | Tcp.Syn)) {
        words[r | W.State] |= ((flags >>> 8) & 1) << (State.AeShift + reverse);
        if (flags & Tcp.Syn) syn[syns++] = k;
      }
    }
    batch.firsts = firsts;
    batch.syns = syns;
    return k;
  };
}
