import path from 'node:path';

import { expect, it } from 'vitest';

import { run } from '../../support/run-weir.js';
import { ROOT } from './pages.js';

it('docs/outputs.md lists the formats and options that there are', async () => {
  const script = path.join(ROOT, 'scripts/generate-output-docs.mjs');
  const { exitCode, stderr } = await run(process.execPath, [script, '--check'], {});
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
});
