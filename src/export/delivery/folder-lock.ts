import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ENDING = '.lock';
/** Field of /proc/PID/stat behind the program's name: when it started, in ticks since boot. */
const START_FIELD = 19;

/** What the lock of a process says. */
interface Holder {
  readonly pid: number;
  /** When it started, on which boot of the machine; empty where nobody can tell. */
  readonly start: string;
  /** The process ids among which `pid` is one: those of another container are not ours. */
  readonly pidSpace: string;
  /** What it holds the folder for. */
  readonly purpose: string;
}

/**
 * Makes a folder this process's. Each process has a lock of its own in it, which is there before the others are looked at: of
 * two that come at the same moment one at least sees the other.
 * @returns id of a process that has it already; null when it is ours. Throws an error of the file system.
 */
export function holdFolder(folder: string, purpose: string): number | null {
  const { pid } = process;
  const own = lockOf(folder, pid);
  const content = JSON.stringify({ start: startOf(pid), pidSpace: pidSpace(), purpose });
  try {
    writeFileSync(own, content, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (holdersOf(folder).some((holder) => holder.pid === pid && isAlive(holder))) return pid;
    writeFileSync(own, content);
  }
  const others = holdersOf(folder).filter((holder) => holder.pid !== pid);
  const living = others.find(isAlive);
  if (living === undefined) {
    for (const other of others) rmSync(lockOf(folder, other.pid), { force: true });
    return null;
  }
  rmSync(own, { force: true });
  return living.pid;
}

/** Throws an error of the file system. */
export function releaseFolder(folder: string): void {
  rmSync(lockOf(folder, process.pid), { force: true });
}

/**
 * What a folder was held for by processes that are gone; null when one of them may be there yet, or none ever had it. Throws an
 * error of the file system.
 */
export function abandonedPurpose(folder: string): string | null {
  const holders = holdersOf(folder);
  // Of processes that we cannot see, nobody knows.
  if (holders.some((holder) => holder.pidSpace !== pidSpace() || isAlive(holder))) return null;
  return holders[0]?.purpose ?? null;
}

function lockOf(folder: string, pid: number): string {
  return path.join(folder, `${pid}${ENDING}`);
}

function holdersOf(folder: string): Holder[] {
  return readdirSync(folder)
    .filter((name) => /^\d+\.lock$/.test(name))
    .map((name) => readHolder(folder, Number.parseInt(name)));
}

function readHolder(folder: string, pid: number): Holder {
  try {
    const known = JSON.parse(readFileSync(lockOf(folder, pid), 'utf8')) as Omit<Holder, 'pid'>;
    return { ...known, pid };
  } catch {
    // Being written, or gone since: its process tells.
    return { pid, start: '', pidSpace: pidSpace(), purpose: '' };
  }
}

/** A process with the same id may be another program by now. */
function isAlive({ pid, start, pidSpace: space }: Holder): boolean {
  if (space !== pidSpace()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return start === '' || start === startOf(pid);
}

/** What tells a process from another one that has had its id; empty where there is no way to know. */
function startOf(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = status.slice(status.lastIndexOf(')') + 2).split(' ')[START_FIELD];
    return `${ticks} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
  } catch {
    return '';
  }
}

function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
