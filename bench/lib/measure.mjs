import { spawn } from 'node:child_process';

/** Memory that is touched and given back before the command starts, octets. */
const WARMED_OCTETS = 512 << 20;

/**
 * Runs the command and waits for it with wait4(2), which tells CPU time to the microsecond and the peak resident set.
 * Node can ask for neither of a child. A virtual machine may have given its free memory back to its host, and then a page's first
 * use costs some twenty times as much as later ones, which says nothing of the command: so memory is warmed like the page cache.
 */
const WRAPPER = `
import json, mmap, os, sys, time
memory = mmap.mmap(-1, ${WARMED_OCTETS}, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
if hasattr(mmap, "MADV_HUGEPAGE"):
    try:
        memory.madvise(mmap.MADV_HUGEPAGE)
    except OSError:
        pass  # a kernel without huge pages
for page in range(0, len(memory), mmap.PAGESIZE):
    memory[page] = 1
memory.close()
started = time.monotonic()
child = os.fork()
if child == 0:
    os.dup2(2, 1)
    try:
        os.execvp(sys.argv[1], sys.argv[1:])
    except OSError as error:
        sys.stderr.write(f"{sys.argv[1]}: {error.strerror}\\n")
        os._exit(127)
_, status, usage = os.wait4(child, 0)
json.dump({
    "wallSeconds": time.monotonic() - started,
    "userSeconds": usage.ru_utime,
    "systemSeconds": usage.ru_stime,
    "peakKibioctets": usage.ru_maxrss,
    "exitCode": os.waitstatus_to_exitcode(status),
}, sys.stdout)
`;

/** Enough of a tool's messages to find its own counts in. */
const KEPT_OUTPUT_CHARACTERS = 1 << 16;

/**
 * @typedef {object} Measurement
 * @property {number} wallSeconds
 * @property {number} cpuSeconds user and system, all threads
 * @property {number} peakOctets peak resident set; at least that of the wrapper, some 10 MB
 * @property {string} output what the tool printed, its last 64 Ki characters
 */

/**
 * @param {string[]} command program and arguments
 * @param {Set<number>} acceptedExitCodes
 * @returns {Promise<Measurement>}
 */
export function measure(command, acceptedExitCodes = new Set([0])) {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-c', WRAPPER, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let report = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (report += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-KEPT_OUTPUT_CHARACTERS)));
    child.on('error', (error) => {
      reject(new Error(`cannot run python3, which measures the tools (Debian package python3): ${error.message}`));
    });
    child.on('close', () => {
      if (report === '') return reject(new Error(`the measuring wrapper failed: ${lastLines(output)}`));
      const { wallSeconds, userSeconds, systemSeconds, peakKibioctets, exitCode } = JSON.parse(report);
      if (!acceptedExitCodes.has(exitCode)) {
        return reject(new Error(`'${command.join(' ')}' ended with exit code ${exitCode}: ${lastLines(output)}`));
      }
      resolve({
        wallSeconds,
        cpuSeconds: userSeconds + systemSeconds,
        peakOctets: peakKibioctets * 1024,
        output,
      });
    });
  });
}

function lastLines(text) {
  return text.trim().split('\n').slice(-5).join(' | ');
}

/** @param {number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
