import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Biflow timeouts that every peer is given where it can be told: as weir's defaults. */
const IDLE_SECONDS = 30;
const ACTIVE_SECONDS = 1800;

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const WEIR_ENTRY = join(REPOSITORY, 'dist', 'program', 'main.js');
/** As `bin/weir` starts it, with the Node.js that runs the benchmark. */
const WEIR = ['env', 'GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.arena_max=2', process.execPath, WEIR_ENTRY];

/** The word of a command as it is told: without the paths of this machine. */
export function toldWord(word) {
  if (word === process.execPath) return 'node';
  return word.startsWith(REPOSITORY) ? word.slice(REPOSITORY.length) : word;
}

/**
 * @typedef {object} Work what one run of a tool works on
 * @property {string} trace path of the pcap file
 * @property {string} directory empty, for the tool's output
 * @property {number} udpPort on loopback, where datagrams are taken and thrown away
 */

/**
 * @typedef {object} Counts what a tool says it has read and made
 * @property {number | undefined} packets
 * @property {number | undefined} records
 * @property {number | undefined} [octets] sum of IP lengths
 */

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} what it does in this benchmark, in a few words
 * @property {string} missing what to do when it is not there
 * @property {() => boolean} isPresent
 * @property {() => string} version
 * @property {(work: Work) => string[]} command
 * @property {(work: Work, output: string) => Counts} count
 */

/** @type {Tool[]} */
export const TOOLS = [
  weir(1),
  weir(2),
  {
    name: 'tcpdump',
    what: 'reads and copies, the yardstick',
    missing: 'Debian package tcpdump',
    isPresent: () => find('tcpdump') !== undefined,
    version: () => firstMatch(run('tcpdump', ['--version']), /tcpdump version (\S+)/),
    // As root it would give up its rights and then fail to open the trace.
    command: ({ trace }) => [
      'tcpdump',
      ...(process.getuid?.() === 0 ? ['-Z', 'root'] : []),
      '-r',
      trace,
      '-w',
      '/dev/null',
    ],
    count: ({ trace }) => ({
      packets: number(run('tcpdump', ['-r', trace, '--count']), /^(\d+) packets?$/m),
      records: undefined,
    }),
  },
  {
    name: 'softflowd',
    what: 'IPFIX biflows over UDP',
    missing: 'Debian package softflowd',
    isPresent: () => find('softflowd') !== undefined,
    version: () => firstMatch(run('softflowd', ['-h']), /version (\d[\d.]*\d)/),
    command: ({ trace, udpPort }) => [
      find('softflowd'),
      ...['-d', '-b', '-v', '10', '-m', '2000000', '-c', 'none', '-n', `127.0.0.1:${udpPort}`],
      ...['tcp', 'tcp.rst', 'tcp.fin', 'udp', 'general'].flatMap((name) => ['-t', `${name}=${IDLE_SECONDS}`]),
      ...['-t', `maxlife=${ACTIVE_SECONDS}`, '-r', trace],
    ],
    count: (_work, output) => ({
      packets: number(output, /Packets processed: (\d+)/),
      records: number(output, /Flows exported: \d+ \((\d+) records\)/),
    }),
  },
  {
    name: 'nfpcapd',
    what: 'nfdump files, uniflows',
    missing: 'Debian package nfdump',
    isPresent: () => find('nfpcapd') !== undefined,
    version: () => firstMatch(run('nfpcapd', ['-V']), /Version: ([\d.]+)/),
    command: ({ trace, directory }) => [
      'nfpcapd',
      '-e',
      `${ACTIVE_SECONDS},${IDLE_SECONDS}`,
      '-r',
      trace,
      '-w',
      directory,
    ],
    count: ({ directory }) => {
      const summary = run('nfdump', ['-R', directory, '-I']);
      return {
        packets: number(summary, /^Packets: (\d+)/m),
        records: number(summary, /^Flows: (\d+)/m),
      };
    },
  },
  {
    name: 'argus',
    what: 'argus file, a record per flow and minute',
    missing: 'Debian package argus-server',
    isPresent: () => find('argus') !== undefined,
    version: () => firstMatch(run('argus', ['-h']), /Version ([\d.]+)/),
    command: ({ trace, directory }) => [find('argus'), '-r', trace, '-w', join(directory, 'out.argus')],
    count: ({ directory }) => {
      if (find('racount') === undefined) return { packets: undefined, records: undefined };
      const sum = /^\s*sum\s+(\d+)\s+(\d+)/m.exec(run('racount', ['-r', join(directory, 'out.argus')]));
      return {
        packets: sum ? Number(sum[2]) : undefined,
        records: sum ? Number(sum[1]) : undefined,
      };
    },
  },
  {
    name: 'yaf',
    what: 'IPFIX file, biflows',
    missing: 'tools.netsa.cert.org/yaf2, not in Debian',
    isPresent: () => find('yaf') !== undefined,
    version: () => firstMatch(run('yaf', ['--version']), /version ([\d.]+)/i),
    command: ({ trace, directory }) => [
      ...['yaf', '--in', trace, '--out', join(directory, 'out.yaf')],
      ...['--idle-timeout', String(IDLE_SECONDS), '--active-timeout', String(ACTIVE_SECONDS), '--max-flows', '2000000'],
      '--verbose',
    ],
    count: (_work, output) => ({
      packets: number(output, /Processed (\d+) packets/),
      records: number(output, /(?:into|created) (\d+) flows/i),
    }),
  },
  {
    name: 'ipfixprobe',
    what: 'IPFIX biflows over UDP',
    missing: 'github.com/CESNET/ipfixprobe, not in Debian',
    isPresent: () => find('ipfixprobe') !== undefined,
    version: () => firstMatch(run('ipfixprobe', ['-V']), /([\d.]+)/),
    command: ({ trace, udpPort }) => [
      ...[
        'ipfixprobe',
        '-i',
        `pcap;file=${trace}`,
        '-s',
        `cache;size=21;active=${ACTIVE_SECONDS};inactive=${IDLE_SECONDS}`,
      ],
      ...['-o', `ipfix;host=127.0.0.1;port=${udpPort};udp`],
    ],
    count: (_work, output) => ({
      packets: number(output, /^\s*0\s+(\d+)\s+\d+/m),
      records: undefined,
    }),
  },
];

/** @returns {Tool} */
function weir(workers) {
  return {
    name: `weir-${workers}`,
    what: `IPFIX file, biflows, ${workers} worker${workers === 1 ? '' : 's'}`,
    missing: `${WEIR_ENTRY} is not there: run 'npm run build' first`,
    isPresent: () => existsSync(WEIR_ENTRY),
    version: () => JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')).version,
    command: (work) => [
      ...[...WEIR, 'replay', work.trace, '-o', join(work.directory, 'out.ipfix')],
      ...['--workers', String(workers), '--stats-file', join(work.directory, 'stats.json')],
    ],
    count: ({ directory }) => {
      const { ledger } = JSON.parse(readFileSync(join(directory, 'stats.json'), 'utf8'));
      return { packets: ledger.packets.received, records: ledger.flows.exported, octets: ledger.octetsMetered };
    },
  };
}

/** Debian keeps daemons in directories that are not in every user's PATH. */
const SEARCH_PATH = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/** @returns {string | undefined} the program's path */
function find(program) {
  for (const directory of SEARCH_PATH) {
    const path = join(directory, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue; // not in this directory
    }
  }
  return undefined;
}

/** @returns {string} both outputs of a program that only tells something, whatever its exit code */
function run(program, args) {
  const result = spawnSync(find(program) ?? program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (result.error) throw new Error(`cannot run ${program}: ${result.error.message}`);
  return result.stdout + result.stderr;
}

function firstMatch(text, pattern) {
  return pattern.exec(text)?.[1] ?? 'unknown';
}

/** @returns {number | undefined} */
function number(text, pattern) {
  const match = pattern.exec(text);
  return match === null ? undefined : Number(match[1]);
}
