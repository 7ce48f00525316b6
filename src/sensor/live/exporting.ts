import type { ClosedFlows } from '../../flow/closed-flows.js';
import type { Output, OutputCounts } from '../../export/output.js';
import type { ExportStatistics } from '../../export/options/statistics-record.js';
import { RecordCounts } from '../record-counts.js';
import type { ClosedRingReader } from '../closed-ring.js';

/** The main thread goes on with other work after so long. */
const LONGEST_TURN_MS = 20;
/** An output that is full is waited for until so much of the hand-over is full; then the others go on without it. */
export const WAIT_UNTIL_FULLNESS = 0.5;
/** From here on, workers may soon have no room for flows whose end they put off (`hasRoomForMany`). */
const PRESSED_FULLNESS = 0.125;

/** Takes closed flows out of the workers' rings and hands them to the outputs. */
export class Exporting {
  /** Handed to at least one output. */
  readonly exported = new RecordCounts();
  /** Handed to none, since all had failed. */
  readonly noOutput = new RecordCounts();
  /** Records that an output was not handed because it was full. */
  readonly skipped = new Map<Output, number>();
  private list: readonly Output[] = [];
  /** The ring with which the next turn begins. */
  private first = 0;
  private readonly draining = new Set<Output>();

  constructor(private readonly rings: readonly ClosedRingReader[]) {}

  get outputs(): readonly Output[] {
    return this.list;
  }

  set outputs(outputs: readonly Output[]) {
    this.list = outputs;
  }

  /** So much has come that more is to be expected at once. */
  get isPressed(): boolean {
    for (const { fullness } of this.rings) if (fullness >= PRESSED_FULLNESS) return true;
    return false;
  }

  /** Hands over what is there, for a while. Returns whether there is more. */
  pump(): boolean {
    const until = performance.now() + LONGEST_TURN_MS;
    const { rings, first } = this;
    for (let n = 0; n < rings.length; n++) {
      const ring = rings[(first + n) % rings.length];
      for (let block = ring.peek(); block !== null; block = ring.peek()) {
        if (this.isHeldUp(ring.fullness)) break;
        this.write(block);
        ring.release();
        if (performance.now() <= until) continue;
        // A ring that is filled as fast as it is emptied shall not keep the others waiting.
        this.first = (first + n + 1) % rings.length;
        return true;
      }
    }
    return false;
  }

  /** Hands over everything, at the pace of the outputs. */
  async pumpAll(): Promise<void> {
    for (const ring of this.rings) {
      for (let block = ring.peek(); block !== null; block = ring.peek()) {
        for (const output of this.list) if (output.isFull) await output.drain();
        this.write(block);
        ring.release();
      }
    }
  }

  tick(nowMs: number): void {
    for (const output of this.list) output.tick(nowMs);
  }

  statistics(statistics: ExportStatistics): void {
    for (const output of this.list) output.statistics(statistics);
  }

  /** An output is full, and there is still room to wait for it. */
  private isHeldUp(fullness: number): boolean {
    let held = false;
    for (const output of this.list) {
      if (!output.isFull) continue;
      held = true;
      if (this.draining.has(output)) continue;
      this.draining.add(output);
      void output.drain().finally(() => this.draining.delete(output));
    }
    return held && fullness < WAIT_UNTIL_FULLNESS;
  }

  private write(closed: ClosedFlows): void {
    let taken = 0;
    for (const output of this.list) {
      if (output.isFull) this.skipped.set(output, (this.skipped.get(output) ?? 0) + closed.count);
      else {
        if (output.error === null) taken++;
        output.write(closed);
      }
    }
    (taken > 0 ? this.exported : this.noOutput).add(closed);
  }
}

/** Counts of an output, with the records that it was not handed. */
export function countsWithSkipped(output: Output, skipped: number): OutputCounts {
  const counts = output.counts();
  if (skipped === 0) return counts;
  const { offered, notSent } = counts;
  return { ...counts, offered: offered + skipped, notSent: { ...notSent, queueFull: notSent.queueFull + skipped } };
}
