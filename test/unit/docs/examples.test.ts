import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { quoted, shell, temporaryFolder } from '../../support/run-weir.js';
import { page, ROOT } from './pages.js';

/** Blocks of the documentation that show a session: commands behind `$ `, and what they print. */
describe.each([
  'README.md',
  'docs/architecture.md',
  'docs/baseline-flows.md',
  'docs/configuration.md',
  'docs/from-yaf.md',
  'docs/operating.md',
  'docs/outputs.md',
])('examples of %s', (name) => {
  const blocks = Array.from(page(name).text.matchAll(/^```console\n([^]*?)^```$/gm), ([, block]) => block);

  it('are what the program prints', async () => {
    expect(blocks.length).toBeGreaterThan(0);
    const folder = temporaryFolder();
    fs.symlinkSync(path.join(ROOT, 'pcaps'), path.join(folder, 'pcaps'));
    for (const block of blocks) {
      const script = ['exec 2>&1', ...commandsOf(block).flatMap((line) => [`echo ${quoted(`$ ${line}`)}`, line])];
      const { stdout } = await shell(script.join('\n'), { directory: folder });
      expect.soft(settled(stdout)).toBe(settled(block));
    }
  });
});

function commandsOf(block: string): string[] {
  return Array.from(block.matchAll(/^\$ (.*)$/gm), ([, line]) => line);
}

/** Without what differs from run to run: how long it took. */
function settled(text: string): string {
  return text
    .replaceAll(/ [\d.]+ s, [\d,]+ packets\/s/g, ' … s, … packets/s')
    .replaceAll(/"(seconds|packetsPerSecond)":[\d.]+/g, '"$1":0');
}
