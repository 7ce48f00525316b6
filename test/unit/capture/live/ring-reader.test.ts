import { expect, it } from 'vitest';

import { LINKTYPE_ETHERNET } from '../../../../src/capture/live/link-type.js';
import { Block, Header, Status } from '../../../../src/capture/live/ring-layout.js';
import { RingReader } from '../../../../src/capture/live/ring-reader.js';
import { PacketBatch } from '../../../../src/capture/packet-batch.js';

const SNAP = 64;
const START = 4_096;
const FRAME_OCTETS = 256;
const MAC = 96;

interface Packet {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly captured: number;
  readonly wire: number;
  /** Control information and, where the kernel tells it, EtherType of a tag that was taken off. */
  readonly tag?: { readonly control: number; readonly type: number | null };
}

/** A block of these packets at octet `START`; the octets of packet n are n + 1, n + 2 … */
function ringOf(packets: readonly Packet[]): ArrayBuffer {
  const memory = new ArrayBuffer(START + 64 + packets.length * FRAME_OCTETS);
  const view = new DataView(memory);
  const put = (at: number, value: number): void => view.setUint32(at, value, true);
  put(START + Block.Packets, packets.length);
  put(START + Block.First, 48);
  packets.forEach(({ seconds, nanoseconds, captured, wire, tag }, n) => {
    const at = START + 48 + n * FRAME_OCTETS;
    put(at + Header.Next, n + 1 === packets.length ? 0 : FRAME_OCTETS);
    put(at + Header.Seconds, seconds);
    put(at + Header.Nanoseconds, nanoseconds);
    put(at + Header.Captured, captured);
    put(at + Header.Wire, wire);
    put(at + Header.MacNet, MAC | ((MAC + 14) << 16));
    if (tag !== undefined) {
      put(at + Header.Status, Status.TagValid | (tag.type === null ? 0 : Status.TagTypeValid));
      put(at + Header.TagControl, tag.control);
      put(at + Header.TagType, tag.type ?? 0);
    }
    for (let i = 0; i < captured; i++) view.setUint8(at + MAC + i, n + 1 + i);
  });
  return memory;
}

function read(packets: readonly Packet[], capacity: number): unknown[] {
  const reader = new RingReader(ringOf(packets), LINKTYPE_ETHERNET, SNAP, 3, null);
  const batch = new PacketBatch(capacity);
  reader.begin(START);
  const rows: unknown[] = [];
  for (let count = reader.fill(batch); count > 0; count = reader.fill(batch)) {
    expect(batch.count).toBe(count);
    const latestUs = Math.max(...batch.timeUs.subarray(0, count));
    expect(batch.latestUs).toBe(latestUs);
    for (let i = 0; i < count; i++) {
      const from = batch.offset[i];
      rows.push({
        octets: Buffer.from(batch.octets.slice(from, from + batch.captured[i])).toString('hex'),
        wire: batch.wire[i],
        time: [batch.timeUs[i], batch.timeNs[i]],
        of: [batch.link[i], batch.interface[i]],
      });
    }
  }
  expect(reader.left).toBe(0);
  return rows;
}

const octets = (n: number, from: number, to: number): string =>
  Buffer.from(Array.from({ length: to - from }, (_, i) => n + 1 + from + i)).toString('hex');

it.each([1, 2, 256])('reads the packets of a block, %d a batch', (capacity) => {
  const rows = read(
    [
      { seconds: 4_000_000_000, nanoseconds: 999_999_999, captured: 20, wire: 20 },
      { seconds: 1, nanoseconds: 1_500, captured: 80, wire: 1_500 },
      { seconds: 2, nanoseconds: 0, captured: 20, wire: 20, tag: { control: 0x6064, type: 0x88a8 } },
      { seconds: 2, nanoseconds: 0, captured: 62, wire: 90, tag: { control: 5, type: null } },
      // Not even the addresses are there: nothing to put the tag behind.
      { seconds: 3, nanoseconds: 0, captured: 11, wire: 11, tag: { control: 5, type: null } },
    ],
    capacity,
  );
  const of = [LINKTYPE_ETHERNET, 3];
  expect(rows).toEqual([
    { octets: octets(0, 0, 20), wire: 20, time: [4_000_000_000_999_999, 999], of },
    { octets: octets(1, 0, SNAP), wire: 1_500, time: [1_000_001, 500], of },
    { octets: `${octets(2, 0, 12)}88a86064${octets(2, 12, 20)}`, wire: 24, time: [2_000_000, 0], of },
    { octets: `${octets(3, 0, 12)}81000005${octets(3, 12, 60)}`, wire: 94, time: [2_000_000, 0], of },
    { octets: octets(4, 0, 11), wire: 11, time: [3_000_000, 0], of },
  ]);
});
