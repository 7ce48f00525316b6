import fs from 'node:fs';
import path from 'node:path';

import type { LiveStatus } from '../../src/observe/live-status.js';
import { type JsonRecord, parseJsonLines } from './canonical.js';
import { buildLab, type Lab } from './network-lab.js';
import { temporaryFolder } from './run-weir.js';
import { type ProgramEnd, type RunningProgram, startLive } from './running-program.js';

/** A running sensor in a lab of its own. */
export interface LiveSensorRun {
  readonly lab: Lab;
  readonly live: RunningProgram;
  /** Anybody may write there. */
  readonly folder: string;
  /** Records that have been written up to now. */
  readonly records: () => JsonRecord[];
}

export interface InLab {
  /** Words before the program: who runs it, and how. */
  readonly before?: readonly string[];
  readonly lab?: Lab;
  /** False when the words say where records go. */
  readonly hasOutput?: boolean;
}

/** Starts `weir live` on the link of a new lab, with the control socket `socket` in its folder. */
export async function startInLab(
  words: readonly string[],
  { before = [], lab = buildLab(), hasOutput = true }: InLab = {},
): Promise<LiveSensorRun> {
  const folder = temporaryFolder();
  fs.chmodSync(folder, 0o777);
  const file = path.join(folder, 'live.jsonl');
  const common = ['-i', lab.link, '--time', 'us', '--socket', path.join(folder, 'socket'), '--stats', 'json'];
  const live = await startLive([...common, ...(hasOutput ? ['-o', file] : []), ...words], lab.sensor, before);
  return { lab, live, folder, records: () => parseJsonLines(fs.readFileSync(file, 'utf8')) };
}

/** The status that the sensor told at its end. */
export function lastStatus({ stderr }: Pick<ProgramEnd, 'stderr'>): LiveStatus {
  return JSON.parse(stderr.split('\n').find((line) => line.startsWith('{')) ?? '{}') as LiveStatus;
}
