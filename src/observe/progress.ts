import type { WriteStream } from 'node:tty';

import { grouped } from './grouped.js';

export interface ProgressState {
  readonly octetsRead: number;
  /** Null when an input's size is unknown (standard input). */
  readonly octetsTotal: number | null;
  readonly packets: number;
  readonly liveFlows: number;
}

const INTERVAL_MS = 200;
const BAR_CELLS = 24;

/** A progress bar on a terminal; on anything else it does nothing. */
export class Progress {
  private readonly startMs = performance.now();
  private lastMs = 0;
  private shown = false;

  /** @param streamOf gives where it is shown; not asked in short runs, since making standard error takes time */
  constructor(private readonly streamOf: () => WriteStream) {}

  update(state: () => ProgressState): void {
    const nowMs = performance.now();
    if (nowMs - this.lastMs < INTERVAL_MS || nowMs - this.startMs < INTERVAL_MS) return;
    this.lastMs = nowMs;
    const stream = this.streamOf();
    if (!stream.isTTY) return;
    this.shown = true;
    const line = progressLine(state(), (nowMs - this.startMs) / 1_000);
    stream.write(`\r${line.slice(0, (stream.columns ?? 80) - 1)}\x1b[K`);
  }

  clear(): void {
    if (this.shown) this.streamOf().write('\r\x1b[K');
    this.shown = false;
  }
}

export function progressLine(state: ProgressState, seconds: number): string {
  const rate = `${(state.packets / seconds / 1e6).toFixed(2)} Mpackets/s`;
  const flows = `${grouped(state.liveFlows)} live flows`;
  const read = `${(state.octetsRead / 1e6).toFixed(0)} MB`;
  if (state.octetsTotal === null || state.octetsTotal === 0) return `${read}  ${rate}  ${flows}`;
  const share = Math.min(1, state.octetsRead / state.octetsTotal);
  const cells = Math.round(share * BAR_CELLS);
  const left = share > 0 ? (seconds / share) * (1 - share) : 0;
  const bar = `[${'#'.repeat(cells)}${'.'.repeat(BAR_CELLS - cells)}] ${(100 * share).toFixed(0).padStart(3)} %`;
  return `${bar}  ${read}  ${rate}  ${flows}  ${clock(left)} left`;
}

function clock(seconds: number): string {
  const s = Math.ceil(seconds);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}
