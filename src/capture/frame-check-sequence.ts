import type { PacketBatch } from './packet-batch.js';

/** Takes the frame check sequence, or what was captured of it, off the end of the packet. */
export function stripFcs(batch: PacketBatch, row: number, fcsOctets: number): void {
  const wire = batch.wire[row];
  const captured = batch.captured[row];
  const notCaptured = Math.max(0, wire - captured);
  batch.wire[row] = Math.max(0, wire - fcsOctets);
  batch.captured[row] = Math.max(0, captured - Math.max(0, fcsOctets - notCaptured));
}
