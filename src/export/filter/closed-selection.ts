import { ClosedFlows } from '../../flow/closed-flows.js';

/** A block of chosen rows of other blocks, in their layout. */
export class ClosedSelection {
  #block: ClosedFlows | null = null;

  /** The block, emptied, with room for all rows of `closed`, whose metadata stays where it is. */
  begin(closed: ClosedFlows): ClosedFlows {
    let block = this.#block;
    if (block === null || block.stride !== closed.stride || block.capacity < closed.capacity) {
      block = this.#block = new ClosedFlows(closed.tunnelOffset - closed.extensionOffset, closed.capacity);
    }
    block.count = 0;
    block.metadata = closed.metadata;
    block.metadataLength = closed.metadataLength;
    return block;
  }
}

/** Appends one row to a block with room for it. */
export function appendRow(block: ClosedFlows, closed: ClosedFlows, row: number): void {
  const { stride } = closed;
  const from = row * stride;
  const to = block.count * stride;
  for (let w = 0; w < stride; w++) block.words[to + w] = closed.words[from + w];
  block.positions[block.count++] = closed.positions[row];
}
