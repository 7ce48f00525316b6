import type { PacketBatch } from '../packet-batch.js';
import { Header, Status } from './ring-layout.js';

export const MICROSECONDS = 1_000_000;
export const ETHERTYPE_VLAN = 0x8100;
export const TAG_OCTETS = 4;
const MAC_ADDRESSES_OCTETS = 12;

/**
 * The pass over packets that come with their link header: fills the batch's rows `from` to `to` with the packets of a ring
 * from the header at octet `at` on, but for the columns that are the same for all of them. A VLAN tag that the kernel took
 * off, where `tagged` has the bit of a header's status that says so, goes back in front of the packet. Calls nothing.
 * @param octets the ring; `words`: the same memory
 * @returns where the next packet's header is
 */
export type RingPass = (
  words: Int32Array,
  octets: Uint8Array,
  at: number,
  from: number,
  to: number,
  snapLength: number,
  tagged: number,
) => number;

/** Makes the pass over the columns of `batch`; why passes are made: docs/architecture.md, "Passes". */
function createRingPass(batch: PacketBatch): RingPass {
  const { offset, captured, wire, timeUs, timeNs } = batch;

  return (words, octets, at, from, to, snapLength, tagged) => {
    let { latestUs } = batch;
    for (let i = from; i < to; i++) {
      const h = at >> 2;
      const nanoseconds = words[h + (Header.Nanoseconds >> 2)];
      const microseconds = (nanoseconds / 1000) | 0;
      const us = (words[h + (Header.Seconds >> 2)] >>> 0) * MICROSECONDS + microseconds;
      const status = words[h + (Header.Status >> 2)];
      let start = at + (words[h + (Header.MacNet >> 2)] & 0xffff);
      let length = words[h + (Header.Captured >> 2)];
      let size = words[h + (Header.Wire >> 2)];
      at += words[h + (Header.Next >> 2)];
      if (status & tagged && length >= MAC_ADDRESSES_OCTETS) {
        // The MAC addresses move forward, and the tag goes behind them.
        const type = status & Status.TagTypeValid ? words[h + (Header.TagType >> 2)] : ETHERTYPE_VLAN;
        const tag = words[h + (Header.TagControl >> 2)];
        start -= TAG_OCTETS;
        for (let j = start; j < start + MAC_ADDRESSES_OCTETS; j++) octets[j] = octets[j + TAG_OCTETS];
        octets[start + MAC_ADDRESSES_OCTETS] = type >>> 8;
        octets[start + MAC_ADDRESSES_OCTETS + 1] = type;
        octets[start + MAC_ADDRESSES_OCTETS + 2] = tag >>> 8;
        octets[start + MAC_ADDRESSES_OCTETS + 3] = tag;
        length += TAG_OCTETS;
        size += TAG_OCTETS;
      }
      offset[i] = start;
      captured[i] = length < snapLength ? length : snapLength;
      wire[i] = size;
      timeUs[i] = us;
      timeNs[i] = nanoseconds - microseconds * 1000;
      if (us > latestUs) latestUs = us;
    }
    batch.latestUs = latestUs;
    return at;
  };
}

let made: { readonly batch: PacketBatch; readonly pass: RingPass } | null = null;

/** The pass that fills `batch`; made once, since a thread has one that all its rings fill. */
export function ringPass(batch: PacketBatch): RingPass {
  if (made?.batch !== batch) made = { batch, pass: createRingPass(batch) };
  return made.pass;
}
