import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { parseCommand, wordsOf } from '../../support/parse-command.js';
import { run } from '../../support/run-weir.js';
import { page, ROOT } from './pages.js';

it('docs/from-yaf.md lists what weir yaf knows', async () => {
  const script = path.join(ROOT, 'scripts/generate-yaf-docs.mjs');
  expect(await run(process.execPath, [script, '--check'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

describe.each(['softflowd', 'nfpcapd'])('docs/from-%s.md', (program) => {
  const rows = Array.from(
    page(`docs/from-${program}.md`).text.matchAll(/^\| `(.*?)` *\| `(.*?)` *\|/gm),
    ([, theirs, ours]) => [theirs, ours.replaceAll('\\|', '|')] as const,
  );

  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(10);
  });

  it.each(rows)('%s: %s is understood', (theirs, ours) => {
    expect(wordsOf(theirs, program).length).toBeGreaterThan(0);
    const { command, configuration, operands, outputs } = parseCommand(wordsOf(ours, 'weir'));
    expect(outputs.length).toBeGreaterThan(0);
    if (command === 'live') expect(configuration.get('capture.interfaces')).toEqual(['eth1']);
    else expect(operands).toEqual(['day.pcap']);
  });
});
