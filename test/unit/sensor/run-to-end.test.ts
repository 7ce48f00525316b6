import { expect, it } from 'vitest';

import { run } from '../../support/run-weir.js';

const MODULE = new URL('../../../dist/sensor/run-to-end.js', import.meta.url).href;

/** Runs `work`, an expression for a promise, in a process of its own. */
function runToEnd(work: string): ReturnType<typeof run> {
  const program = `import { runToEnd } from '${MODULE}'; runToEnd(${work});`;
  return run(process.execPath, ['--input-type=module', '-e', program]);
}

/** The same in a thread: its exit code, and its error if it had one. */
function runInThread(work: string): ReturnType<typeof run> {
  const thread = `import('${MODULE}').then(({ runToEnd }) => runToEnd(${work}));`;
  const program = `
    const { Worker } = require('node:worker_threads');
    const thread = new Worker(${JSON.stringify(thread)}, { eval: true });
    thread.on('error', (error) => console.log(error.message)).on('exit', (code) => console.log(code));`;
  return run(process.execPath, ['-e', program]);
}

it('leaves the exit code alone when work comes to its end', async () => {
  expect(await runToEnd('Promise.resolve()')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await runToEnd('Promise.resolve().then(() => { process.exitCode = 2; })')).toMatchObject({ exitCode: 2 });
  expect((await runInThread('Promise.resolve()')).stdout).toBe('0\n');
});

it('ends what waits for nothing with an exit code of its own', async () => {
  expect(await runToEnd('new Promise(() => undefined)')).toMatchObject({ exitCode: 13 });
  expect((await runInThread('new Promise(() => undefined)')).stdout).toBe('13\n');
});

it('ends with the error of work', async () => {
  const { exitCode, stderr } = await runToEnd('Promise.reject(new Error("no more"))');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('no more');
  expect((await runInThread('Promise.reject(new Error("no more"))')).stdout).toBe('no more\n1\n');
});
