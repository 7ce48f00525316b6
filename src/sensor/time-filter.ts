import type { PacketBatch } from '../capture/packet-batch.js';

/** Takes out of a batch the packets before `fromUs` and from `toUs` on; returns how many. */
export function filterTime(batch: PacketBatch, fromUs: number, toUs: number): number {
  const { timeUs, count } = batch;
  const mask = new Uint8Array(count);
  for (let i = 0; i < count; i++) mask[i] = timeUs[i] >= fromUs && timeUs[i] < toUs ? 1 : 0;
  return batch.keep(mask);
}
