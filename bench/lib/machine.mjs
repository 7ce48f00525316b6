import { existsSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/**
 * What the figures depend on, without anything that names the machine.
 * @returns {Array<[string, string]>} label and value
 */
export function describeMachine() {
  const processors = cpus();
  return [
    ['Date', new Date().toISOString().slice(0, 10)],
    ['Processor', `${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} cores`],
    ['Memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['System', `${distribution()}, Linux ${release()}`],
    ['Transparent huge pages', transparentHugePages()],
    ['Node.js', process.version],
  ];
}

function distribution() {
  const path = '/etc/os-release';
  if (!existsSync(path)) return 'unknown distribution';
  return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 'unknown distribution';
}

function transparentHugePages() {
  const path = '/sys/kernel/mm/transparent_hugepage/enabled';
  if (!existsSync(path)) return 'not available';
  return /\[(\w+)\]/.exec(readFileSync(path, 'utf8'))?.[1] ?? 'unknown';
}
