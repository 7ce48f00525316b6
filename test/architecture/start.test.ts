import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

/** What a run loads before its first packet: read off the built files, in which nothing but what is loaded is imported. */

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** What is large, or slow to load, and wanted by few runs. */
const FOR_FEW = [
  'config/configuration-file.js',
  'config/labels/label-file.js',
  'dpi/protocols/index.js',
  'dpi/registry.js',
  'capture/zstd-decoder.js',
  'export/file/compressed-sink.js',
  'export/network-target.js',
  'node:child_process',
  'node:fs/promises',
  'node:stream/promises',
  'node:worker_threads',
  'sensor/parallel-metering.js',
  'pino',
  'yaml',
  'yargs',
  'zstddec/stream',
];

/** Files below dist/ and modules that come with `entry`, those behind `import()` left out. */
function loadedWith(entry: string): Set<string> {
  const loaded = new Set([entry]);
  // What is added to a set while it is walked is walked as well.
  for (const file of loaded) {
    if (!fs.existsSync(path.join(dist, file))) continue;
    const text = fs.readFileSync(path.join(dist, file), 'utf8');
    for (const [, what] of text.matchAll(/^(?:import|export)\b[^;]*?['"]([^'"]+)['"];$/gm)) {
      loaded.add(what.startsWith('.') ? path.join(path.dirname(file), what) : what);
    }
  }
  return loaded;
}

describe('weir replay', () => {
  const loaded = new Set([
    ...loadedWith('main.js'),
    ...loadedWith('cli/plain-words.js'),
    ...loadedWith('cli/replay-command.js'),
  ]);

  it('loads what it runs on', () => {
    expect(loaded).toContain('flow/flow-cache.js');
    expect(loaded).toContain('node:fs');
    expect(loaded.size).toBeGreaterThan(100);
  });

  it.each(FOR_FEW)('does without %s until it is asked for', (what) => {
    expect(loaded).not.toContain(what);
  });

  it('inspects by a part that has the list of protocols', () => {
    expect(loadedWith('sensor/inspection-parts.js')).toContain('dpi/protocols/index.js');
  });
});
