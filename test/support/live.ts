import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { BACKENDS } from '../../src/capture/live/backends.js';
import { programPath, run } from './run-weir.js';

/** Runs scenarios of test/live in network namespaces of their own. */

const MAIN = fileURLToPath(new URL('../live/main.mjs', import.meta.url));

/** As root, or as the root of a user namespace; sysfs has to be mounted anew to show the namespace's interfaces. */
const UNSHARE = process.getuid?.() === 0 ? ['-n', '-m'] : ['-r', '-n', '-m'];
const START = 'mount -t sysfs sysfs /sys && exec "$@"';

/** Why no scenario can be run here, or null. */
export const namespaceTrouble: string | null = (() => {
  if (process.platform !== 'linux') return 'there are no network namespaces here';
  const trouble = trying('unshare', [...UNSHARE, 'sh', '-c', START, 'sh', 'ip', 'link', 'add', 'v0', 'type', 'veth']);
  return trouble ?? trying('python3', ['--version']);
})();

function trying(program: string, words: readonly string[]): string | null {
  const { error, status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (error !== undefined) return `${program}: ${error.message}`;
  return status === 0 ? null : `${program}: ${stderr.trim()}`;
}

/** Whether a back-end can be used here; prints why not. */
export function isUsable(name: string): boolean {
  const missing = BACKENDS.find((each) => each.name === name)?.missing() ?? null;
  if (missing !== null) console.warn(`back-end ${name} is not tested: ${missing}`);
  return missing === null;
}

/** Runs a scenario of test/live; what it found, which is of the type that the caller says. */
export async function scenario<Found>(module: string, name: string, argument: unknown = {}): Promise<Found> {
  programPath();
  const words = [...UNSHARE, 'sh', '-c', START, 'sh', process.execPath, MAIN, module, name, JSON.stringify(argument)];
  const { exitCode, stdout, stderr } = await run('unshare', words);
  if (exitCode !== 0) throw new Error(`scenario ${name} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as Found;
}
