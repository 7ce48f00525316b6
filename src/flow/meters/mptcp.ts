import type { DecodedBatch } from '../../decode/decoded-batch.js';
import { Tcp } from '../../decode/transport/ports.js';

const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_MPTCP = 30;
const MP_CAPABLE = 0;
const MP_JOIN = 1;

/** Whether the TCP header of row `k` has an MPTCP option (RFC 8684 §3.1, §3.2) that opens a connection or joins one. */
export function hasMptcp(batch: DecodedBatch, k: number): boolean {
  const { octets } = batch;
  const p = batch.transportOffset[k];
  const end = batch.end[k];
  if (p + Tcp.MinHeaderOctets > end) return false;
  const headerEnd = Math.min(end, p + ((octets[p + Tcp.OffsetFlags] >>> 4) << 2));
  for (let option = p + Tcp.MinHeaderOctets; option + 2 < headerEnd;) {
    const kind = octets[option];
    if (kind === OPTION_END) return false;
    if (kind === OPTION_NOP) {
      option++;
      continue;
    }
    const length = octets[option + 1];
    if (length < 2) return false;
    const subtype = octets[option + 2] >>> 4;
    if (kind === OPTION_MPTCP && length > 2 && (subtype === MP_CAPABLE || subtype === MP_JOIN)) return true;
    option += length;
  }
  return false;
}
