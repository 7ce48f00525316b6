#!/usr/bin/env node
/**
 * Generates the benchmark's traces: seeded, with conversations that begin, go on in both directions and end.
 * The same case, seed and number of packets give the same octets everywhere; beside each trace lies a .json with its
 * SHA-256 and with what a meter must find in it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES } from './lib/cases.mjs';
import { PcapWriter } from './lib/pcap-writer.mjs';
import { writeTrace } from './lib/trace.mjs';

/** Shorter traces have no meaningful times. */
export const FEWEST_PACKETS = 1000;
export const DEFAULT_DIRECTORY = join(tmpdir(), 'weir-bench');

/**
 * @typedef {object} TraceDescription
 * @property {string} case
 * @property {number} seed
 * @property {string} path
 * @property {string} sha256 of the file
 * @property {number} fileOctets
 * @property {number} packets
 * @property {number} snapLengthOctets
 * @property {number} seconds from the first to the last packet
 * @property {number} ipOctets sum of IP lengths
 * @property {number} wireOctets sum of frame lengths
 * @property {{ tcp: number, udp: number, ipv4: number, ipv6: number }} packetsBy
 * @property {number} conversations distinct five-tuples
 * @property {{ records: number, endedByTcp: number, endedByIdle: number, atEnd: number, livePeak: number, liveMean: number }} expected
 *   biflow records with an idle timeout of 30 s
 */

/**
 * The trace for a case, from disk when it is there already.
 * @param {{ caseName: string, packets?: number, seed?: number, directory?: string }} options
 * @returns {TraceDescription & { isNew: boolean }}
 */
export function provideTrace({ caseName, packets, seed = 1, directory = DEFAULT_DIRECTORY }) {
  const traffic = CASES[caseName];
  const count = packets ?? traffic.packets;
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${caseName}-p${count}-s${seed}-v${traffic.version}.pcap`);
  const descriptionPath = `${path}.json`;
  if (existsSync(path) && existsSync(descriptionPath)) {
    return {
      ...JSON.parse(readFileSync(descriptionPath, 'utf8')),
      path,
      isNew: false,
    };
  }
  const description = generate(traffic, count, seed, path);
  writeFileSync(descriptionPath, `${JSON.stringify(description, null, 2)}\n`);
  return { ...description, isNew: true };
}

/** @returns {TraceDescription} */
function generate(traffic, packets, seed, path) {
  const writer = new PcapWriter(path, traffic.snapLength);
  try {
    const totals = writeTrace(writer, traffic, packets, seed);
    const { octets, sha256 } = writer.finish();
    return {
      case: traffic.name,
      seed,
      path,
      sha256,
      fileOctets: octets,
      packets,
      ...totals,
    };
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

const HELP = `Usage: node bench/generate-traffic.mjs [options]

  --case NAME      of ${Object.keys(CASES).join(', ')}; repeats (default: all)
  --packets N      packets in each trace (default: the case's own)
  --seed N         (default 1)
  --dir DIRECTORY  (default ${DEFAULT_DIRECTORY})
  --help

Prints one line of JSON per trace. Exit codes: 0 done; 1 a fault; 2 wrong usage.
`;

class UsageError extends Error {}

function readOptions() {
  const options = {
    case: { type: 'string', multiple: true, default: Object.keys(CASES) },
    packets: { type: 'string' },
    seed: { type: 'string', default: '1' },
    dir: { type: 'string', default: DEFAULT_DIRECTORY },
    help: { type: 'boolean', default: false },
  };
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  for (const name of values.case) {
    if (CASES[name] === undefined) {
      throw new UsageError(`unknown case '${name}', expected one of ${Object.keys(CASES).join(', ')}`);
    }
  }
  const packets = values.packets === undefined ? undefined : wholeNumber('--packets', values.packets, FEWEST_PACKETS);
  return { ...values, packets, seed: wholeNumber('--seed', values.seed, 0) };
}

function wholeNumber(option, text, least) {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < least || value >= 2 ** 32) {
    throw new UsageError(`${option}: '${text}', expected a whole number from ${least} to ${2 ** 32 - 1}`);
  }
  return value;
}

function main() {
  const { case: cases, packets, seed, dir: directory, help } = readOptions();
  if (help) return void process.stdout.write(HELP);
  for (const caseName of cases) {
    const started = performance.now();
    const trace = provideTrace({ caseName, packets, seed, directory });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stderr.write(`${trace.path}: ${trace.isNew ? `generated in ${seconds} s` : 'already there'}\n`);
    process.stdout.write(`${JSON.stringify(trace)}\n`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    main();
  } catch (error) {
    process.stderr.write(error instanceof UsageError ? `${error.message}\n\n${HELP}` : `${error.message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
