import type { PacketBatch } from '../capture/packet-batch.js';

/** Takes out of a batch the packets before `fromUs` and from `toUs` on; returns how many. The others close ranks. */
export function filterTime(batch: PacketBatch, fromUs: number, toUs: number): number {
  const { offset, captured, wire, timeUs, timeNs, link, interface: ingress } = batch;
  const count = batch.count;
  let kept = 0;
  let latestUs = 0;
  for (let i = 0; i < count; i++) {
    const t = timeUs[i];
    if (t < fromUs || t >= toUs) continue;
    if (t > latestUs) latestUs = t;
    offset[kept] = offset[i];
    captured[kept] = captured[i];
    wire[kept] = wire[i];
    timeUs[kept] = t;
    timeNs[kept] = timeNs[i];
    link[kept] = link[i];
    ingress[kept] = ingress[i];
    kept++;
  }
  batch.count = kept;
  batch.latestUs = latestUs;
  return count - kept;
}
