import path from 'node:path';

import { expect, it } from 'vitest';

import { run } from '../../support/run-weir.js';
import { ROOT } from './pages.js';

it('docs/configuration.md lists the settings', async () => {
  const script = path.join(ROOT, 'scripts/generate-configuration-docs.mjs');
  expect(await run(process.execPath, [script, '--check'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});
