import { type DecodedBatch, Fact } from '../../decode/decoded-batch.js';
import { Tcp } from '../../decode/transport/ports.js';
import { Extension, Record, W } from '../flow-record.js';
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

/** What the first packet of a direction adds to the extension row: its time, and the first sequence number of TCP. */
export function beginDirections(batch: DecodedBatch, store: FlowStore): void {
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
export function markMptcp(batch: DecodedBatch, store: FlowStore): void {
  const { syn, syns, flow } = batch;
  const { words } = store;
  for (let j = 0; j < syns; j++) {
    const id = flow[syn[j]];
    if (hasMptcp(batch, syn[j])) words[((id >>> 1) << Record.Shift) | (W.Attributes + (id & 1))] |= Attribute.Mptcp;
  }
}
