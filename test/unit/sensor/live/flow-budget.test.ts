import fs from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { flowBudget, memoryLimit } from '../../../../src/sensor/live/flow-budget.js';
import { temporaryFolder } from '../../../support/run-weir.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

function rootWith(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  return root;
}

it('takes the tightest limit of the control groups above the process', () => {
  const root = rootWith({
    'proc/self/cgroup': '0::/system.slice/weir.service\n',
    'sys/fs/cgroup/system.slice/weir.service/memory.max': 'max\n',
    'sys/fs/cgroup/system.slice/memory.max': `${GIB}\n`,
  });
  expect(memoryLimit(root, 8 * GIB)).toEqual({
    octets: GIB,
    source: path.join(root, 'sys/fs/cgroup/system.slice/memory.max'),
  });
  expect(memoryLimit(root, GIB / 2)).toEqual({ octets: GIB / 2, source: 'memory of the machine' });
});

it('sees the limit of a container, whose own group is the root, and of version 1', () => {
  const container = rootWith({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/memory.max': `${512 * MIB}` });
  expect(memoryLimit(container, 8 * GIB).octets).toBe(512 * MIB);
  const version1 = rootWith({
    'proc/self/cgroup': '5:cpu:/x\n4:memory:/docker/1\n',
    'sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes': `${768 * MIB}\n`,
  });
  expect(memoryLimit(version1, 8 * GIB).octets).toBe(768 * MIB);
  expect(memoryLimit(rootWith({}), 8 * GIB).octets).toBe(8 * GIB);
});

it('gives as many flows as wanted where there is room, fewer where there is less, and never none', () => {
  const limit = (octets: number): { octets: number; source: string } => ({ octets, source: '' });
  expect(flowBudget(limit(16 * GIB), 2, 64 * MIB, 2_000_000)).toBe(2_000_000);
  const small = flowBudget(limit(512 * MIB), 1, 64 * MIB, 2_000_000);
  // Process, worker and buffer leave 224 MiB, of which flows take three quarters at most.
  expect(small * 260).toBeLessThanOrEqual(0.75 * 224 * MIB);
  expect(small * 260).toBeGreaterThan(0.74 * 224 * MIB);
  expect(flowBudget(limit(64 * MIB), 1, 64 * MIB, 2_000_000)).toBe(4_096);
});
