import fs from 'node:fs';

import { type ProtocolSums, type Sums, addSums } from './collectors.js';

/** One row of docs/collectors.md: what weir sent, and what a collector made of it. */
export interface MatrixRow {
  /** Program and version. */
  readonly collector: string;
  readonly format: string;
  readonly transport: string;
  readonly sent: Sums;
  readonly seen: Sums;
  readonly sequenceFailures: number | null;
}

/** Name of the environment variable that scripts/generate-collector-docs.mjs sets: a file that rows are added to. */
const MATRIX_FILE = 'COLLECTOR_MATRIX';

/** Adds a row to the page that is being generated, if any is. */
export function noteRow(row: MatrixRow): void {
  const file = process.env[MATRIX_FILE];
  if (file !== undefined) fs.appendFileSync(file, `${JSON.stringify(row)}\n`);
}

/** Over all protocols. */
export function totalOf(sums: ProtocolSums): Sums {
  const total: ProtocolSums = new Map();
  for (const each of sums.values()) addSums(total, 0, each);
  return total.get(0) ?? { flows: 0, packets: 0, octets: 0 };
}
