import fs from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { sharedFolder } from '../support/captures.js';
import { inspectCapture } from '../support/inspect.js';
import { tsharkValues, weirValues } from '../support/metadata-values.js';
import { tsharkVersion } from '../support/tshark.js';
import { tsharkRows } from '../support/tshark-metadata.js';

/**
 * Metadata of captures beside the project, many of them malformed on purpose, compared with an own run of tshark: those of
 * the other folder have a test of their own. METADATA_EVERY=1 compares all captures, and not one of so many.
 */

const EVERY = Number(process.env['METADATA_EVERY'] ?? 12);

/** Values that weir lacks, at most: may only shrink. */
const LACKING: Readonly<Record<string, number>> = {};

/** The share of tshark's values that weir must have. */
const SHARE_WANTED = 0.99;

const folder = sharedFolder('flows');
const others = sharedFolder('dpi');
const isReady = folder !== null && others !== null && tsharkVersion !== null;
if (!isReady) process.stderr.write('dpi-tshark.test.ts: skipped, ../shared/pcaps or tshark is not there\n');

describe.skipIf(!isReady)('metadata', () => {
  const lacking = new Map<string, string[]>();
  let values = 0;
  let missing = 0;

  beforeAll(async () => {
    const captures = path.join(folder as string, 'captures');
    const compared = new Set(fs.readdirSync(path.join(others as string, 'captures')));
    const names = fs.readdirSync(captures).sort();
    for (const name of names.filter((each, n) => n % EVERY === 0 && !compared.has(each))) {
      const file = path.join(captures, name);
      const rows = tsharkRows(name, file);
      if (rows.length === 0) continue;
      const ours = weirValues(await inspectCapture(file, { secrets: true }));
      const list: string[] = [];
      for (const [key, wanted] of tsharkValues(rows)) {
        values += wanted.size;
        for (const value of wanted) if (ours.get(key)?.has(value) !== true) list.push(`${key} ${value}`);
      }
      missing += list.length;
      if (list.length > 0) lacking.set(name, list);
    }
  }, 1_200_000);

  it('is nearly all that tshark reads', () => {
    expect(values).toBeGreaterThan(2_000 / EVERY);
    expect((values - missing) / values).toBeGreaterThanOrEqual(SHARE_WANTED);
  });

  it('lacks no more than it did', () => {
    const more = [...lacking].filter(([name, list]) => list.length > (LACKING[name] ?? 0));
    expect(more).toEqual([]);
  });
});
