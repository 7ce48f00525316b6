import path from 'node:path';

import { expect, it } from 'vitest';

import { run } from '../../support/run-weir.js';
import { ROOT } from './pages.js';

it('docs/dpi.md lists the protocols that there are', async () => {
  const script = path.join(ROOT, 'scripts/generate-dpi-docs.mjs');
  const { exitCode, stderr } = await run(process.execPath, [script, '--check'], {});
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
});
