import type { InterfaceTable } from '../../capture/interface-table.js';
import type { CaptureState, LiveCapture } from '../../capture/live-capture.js';
import type { PacketBatch } from '../../capture/packet-batch.js';
import type { InterfaceNumbers } from './counter-page.js';
import type { OpenedInterface } from './worker-messages.js';

/** How long a worker with one interface waits for packets, and one with several for those of each. */
const WAIT_MS = 100;
const WAIT_OF_SEVERAL_MS = 5;
/** Largest ingressInterface that a flow key has room for. */
const LARGEST_NUMBER = 65_535;

/**
 * Reads a worker's queue of every interface in turn, so that the two directions of a tap meet in one flow table. It waits
 * only when none of them has packets.
 */
export class QueueReader {
  /** The last round over all interfaces, and this is its end, brought no packet. */
  wasQuiet = false;
  private readonly kinds: string[];
  private next = 0;
  private quiet = 0;
  /** One less than what records have as ingressInterface, by row of the interface table; rows without one yet lie beyond `numbered`. */
  private numbers = new Uint16Array(16);
  private numbered = 0;

  /** @param batch what is filled: always the same one, so that the passes over it are compiled for it */
  constructor(
    readonly batch: PacketBatch,
    private readonly captures: readonly LiveCapture[],
    private readonly interfaces: InterfaceTable,
    private readonly changed: (n: number, state: CaptureState) => void,
  ) {
    this.kinds = captures.map(() => 'up');
  }

  /**
   * Fills the batch with packets of the next interface that has some; returns how many.
   * @param longestMs how long it may wait for packets at most
   */
  read(longestMs = WAIT_MS): number | Promise<number> {
    const n = this.next;
    const capture = this.captures[n];
    this.next = n + 1 === this.captures.length ? 0 : n + 1;
    if (capture.ended === true) return this.note(n, 0);
    // After a round without packets each interface is waited for in turn.
    const usualMs = this.quiet < this.captures.length ? 0 : this.captures.length === 1 ? WAIT_MS : WAIT_OF_SEVERAL_MS;
    const reading = capture.next(this.batch, Math.min(usualMs, longestMs));
    return typeof reading === 'number' ? this.note(n, reading) : reading.then((count) => this.note(n, count));
  }

  /** No capture will ever have packets again. */
  get hasEnded(): boolean {
    for (const capture of this.captures) if (capture.ended !== true) return false;
    return true;
  }

  opened(): OpenedInterface[] {
    return this.captures.map((capture, n) => ({
      name: capture.interfaceName,
      ifIndex: capture.ifIndex,
      number: this.numberOf(capture.ifIndex, n),
      linkType: capture.linkType,
      backend: capture.backend,
      countsDrops: capture.countsDrops,
      timestampTrouble: capture.timestampTrouble,
    }));
  }

  counts(): InterfaceNumbers[] {
    return this.captures.map((capture) => {
      const { received, droppedByKernel, droppedByInterface, freezes } = capture.counts();
      return { received, droppedByKernel, droppedByInterface, freezes, isUp: capture.state.kind === 'up' ? 1 : 0 };
    });
  }

  close(): void {
    for (const capture of this.captures) capture.close();
  }

  private note(n: number, count: number): number {
    const { state } = this.captures[n];
    if (state.kind !== this.kinds[n]) {
      this.kinds[n] = state.kind;
      this.changed(n, state);
    }
    if (count > 0) {
      this.quiet = 0;
      this.number(n, count);
    } else if (this.quiet < 2 * this.captures.length) this.quiet++;
    this.wasQuiet = count === 0 && this.quiet >= this.captures.length && this.next === 0;
    return count;
  }

  /** Writes numbers of interfaces, less one, in place of rows of the table. */
  private number(n: number, count: number): void {
    const ingress = this.batch.interface;
    for (let i = 0; i < count; i++) {
      const row = ingress[i];
      if (row >= this.numbered) this.learn(n);
      ingress[i] = this.numbers[row];
    }
  }

  /** Gives numbers to the rows that the table has got meanwhile: the system's, as far as there is one. */
  private learn(n: number): void {
    const { rows } = this.interfaces;
    if (rows.length > this.numbers.length) {
      const old = this.numbers;
      this.numbers = new Uint16Array(2 * rows.length);
      this.numbers.set(old);
    }
    for (; this.numbered < rows.length; this.numbered++) {
      this.numbers[this.numbered] = this.numberOf(rows[this.numbered].id, n) - 1;
    }
  }

  /** The system's number where the key has room for it, 1 for a pipe; else one from the top, which no system reaches soon. */
  private numberOf(ifIndex: number, n: number): number {
    return ifIndex <= LARGEST_NUMBER ? Math.max(1, ifIndex) : LARGEST_NUMBER - n;
  }
}
