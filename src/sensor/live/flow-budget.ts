import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * How many flows may live at once when nobody says: what fits into the memory that the control group, or the machine, gives
 * the process. So pressure evicts flows and never ends the process.
 */

/** For every flow: record, extension row, wheel, free list, hash table while it doubles, and its place in a flush. */
const OCTETS_A_FLOW = 260;
/** Node.js itself, outputs and their queues. */
const PROCESS_OCTETS = 160 * 2 ** 20;
/** Engine, ring of closed flows, batches of a worker. */
const WORKER_OCTETS = 64 * 2 ** 20;
/** Of the memory that is left: the rest is for what pages and the kernel's buffers take beside. */
const SHARE = 0.75;
const FEWEST = 4_096;

export interface MemoryLimit {
  readonly octets: number;
  /** Where it was found. */
  readonly source: string;
}

/** The tightest bound on this process's memory. `root` is where `/proc` and `/sys` are looked for. */
export function memoryLimit(root = '/', totalOctets = os.totalmem()): MemoryLimit {
  let limit: MemoryLimit = { octets: totalOctets, source: 'memory of the machine' };
  for (const file of limitFiles(root)) {
    const octets = readLimit(file);
    if (octets < limit.octets) limit = { octets, source: file };
  }
  return limit;
}

/** @param wanted the bound when memory is no matter */
export function flowBudget(limit: MemoryLimit, workers: number, bufferOctets: number, wanted: number): number {
  const left = limit.octets - PROCESS_OCTETS - workers * (WORKER_OCTETS + bufferOctets);
  return Math.max(FEWEST, Math.min(wanted, Math.floor((left * SHARE) / OCTETS_A_FLOW)));
}

/** Files that may hold a limit: of this process's control groups and all above them, version 2 and version 1. */
function limitFiles(root: string): string[] {
  let lines: string[];
  try {
    lines = fs.readFileSync(path.join(root, 'proc/self/cgroup'), 'utf8').split('\n');
  } catch {
    // No control groups: another system than Linux, or /proc is hidden.
    return [];
  }
  const files: string[] = [];
  for (const line of lines) {
    const [, controllers, group] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (group === undefined) continue;
    const isVersion2 = controllers === '';
    if (!isVersion2 && !controllers.split(',').includes('memory')) continue;
    const mount = path.join(root, isVersion2 ? 'sys/fs/cgroup' : 'sys/fs/cgroup/memory');
    const name = isVersion2 ? 'memory.max' : 'memory.limit_in_bytes';
    for (let folder = group; ; folder = path.dirname(folder)) {
      files.push(path.join(mount, folder, name));
      if (folder === '/' || folder === '.') break;
    }
  }
  return files;
}

/** Octets; infinite where there is no limit or no such file. */
function readLimit(file: string): number {
  try {
    const text = fs.readFileSync(file, 'utf8').trim();
    return /^\d+$/.test(text) ? Number(text) : Infinity;
  } catch {
    // A container sees its own group as the root; the files of the path that the host knows are not there.
    return Infinity;
  }
}
