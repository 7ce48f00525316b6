import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isatty } from 'node:tty';
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

import { CaptureError, errorText } from '../capture/capture-error.js';
import { expandInputs } from '../capture/inputs.js';
import { InterfaceTable } from '../capture/interface-table.js';
import { STANDARD_INPUT } from '../capture/open-source.js';
import { DEFAULTS, type ReplaySettings } from '../config/replay-settings.js';
import { durationUs, momentUs, wholeNumber } from '../config/units.js';
import { DEFAULT_DECAP } from '../decode/decode-settings.js';
import { TUNNELS, UDP_TUNNELS } from '../decode/tunnel/tunnels.js';
import { createOutput, OUTPUT_ENDINGS, STANDARD_OUTPUT } from '../export/create-output.js';
import { TIME_UNITS, type TimeUnit } from '../export/flow-fields.js';
import type { Output } from '../export/output.js';
import { createTell, LOG_FORMATS, type LogFormat } from '../observe/log.js';
import { Progress, type ProgressState } from '../observe/progress.js';
import { type RunStatistics, statisticsText } from '../observe/run-statistics.js';
import { exportedInterfaces } from '../sensor/exported-interfaces.js';
import { Replay } from '../sensor/replay.js';

const EXIT_DONE = 0;
const EXIT_FAULT = 1;
const EXIT_USAGE = 2;

const STATS_FORMATS = ['text', 'json', 'none'] as const;
const UDP_TUNNEL_NAMES = Object.keys(UDP_TUNNELS);
const LARGEST_PORT = 65_535;
const MAX_WORKERS = 64;

interface ReplayArguments {
  capture: string[];
  list: string[];
  output: string[] | undefined;
  uniflow: boolean;
  time: TimeUnit;
  observationDomain: string;
  idleTimeout: string;
  activeTimeout: string;
  maxFlows: string;
  vlanInKey: boolean;
  interfaceInKey: boolean;
  decap: string;
  from: string | undefined;
  to: string | undefined;
  workers: string;
  stats: (typeof STATS_FORMATS)[number];
  statsFile: string | undefined;
  log: LogFormat;
  progress: boolean;
}

/** Everything of the command line but the inputs, which take looking at the file system. */
type Options = Omit<ReplaySettings, 'inputs'>;

export const replayCommand: CommandModule<object, ReplayArguments> = {
  command: 'replay [capture..]',
  describe: 'Meter packet captures into flow records',
  builder: (yargs: Argv) => {
    let args = yargs
      // Else a lone `-` would be lost, as an input and as the value of -o.
      .parserConfiguration({ 'unknown-options-as-args': true, 'greedy-arrays': false })
      .positional('capture', {
        describe: "pcap and pcapng files, also compressed; folders, patterns; '-' is standard input",
        type: 'string',
        array: true,
        default: [] as string[],
      })
      .option('list', {
        describe: 'File that names captures, one a line; repeat it for several',
        type: 'string',
        array: true,
        requiresArg: true,
        default: [] as string[],
        defaultDescription: 'none',
      })
      .option('output', {
        alias: 'o',
        describe: `Where records go, by its ending: ${OUTPUT_ENDINGS.join(', ')} (with .gz or .zst compressed); '-' is JSON lines on standard output. Repeat it for several`,
        type: 'string',
        array: true,
        requiresArg: true,
        // A default that yargs knows would stand in for the missing value of a bare `-o`.
        defaultDescription: STANDARD_OUTPUT,
      })
      .option('uniflow', { describe: 'Two records for a flow in both directions', type: 'boolean', default: false })
      .option('time', { describe: 'Resolution of time stamps', choices: TIME_UNITS, default: DEFAULTS.time })
      .option('observation-domain', {
        describe: 'Observation domain id',
        type: 'string',
        default: '0',
        defaultDescription: '0',
      })
      .option('idle-timeout', {
        describe: 'A flow silent for longer ends',
        type: 'string',
        default: DEFAULTS.idleTimeout,
      })
      .option('active-timeout', {
        describe: 'A flow that lasts longer is cut and continued',
        type: 'string',
        default: DEFAULTS.activeTimeout,
      })
      .option('max-flows', {
        describe: 'Bound on live flows; beyond it those nearest to their idle timeout end',
        type: 'string',
        default: String(DEFAULTS.maxFlows),
        defaultDescription: String(DEFAULTS.maxFlows),
      })
      .option('vlan-in-key', { describe: 'VLAN ids tell flows apart', type: 'boolean', default: true })
      .option('interface-in-key', { describe: 'Capture interfaces tell flows apart', type: 'boolean', default: false })
      .option('decap', {
        describe: `Tunnels to look into: all, none, or a list of ${Object.keys(TUNNELS).join(', ')}`,
        type: 'string',
        default: DEFAULT_DECAP.join(','),
      });
    for (const name of UDP_TUNNEL_NAMES) {
      args = args.option(`port-${name}`, {
        describe: `UDP ports of ${name}`,
        type: 'string',
        default: UDP_TUNNELS[name].join(','),
      });
    }
    return args
      .option('from', {
        describe: 'Leave out packets before this moment: 2026-01-15T10:30:00Z, or seconds since 1970',
        type: 'string',
        requiresArg: true,
      })
      .option('to', { describe: 'Leave out packets from this moment on', type: 'string', requiresArg: true })
      .option('workers', {
        describe: "Threads that meter, or 'auto': one a processor",
        type: 'string',
        default: '1',
        defaultDescription: '1',
      })
      .option('stats', {
        describe: 'How to tell the ledger on standard error',
        choices: STATS_FORMATS,
        default: 'text',
      })
      .option('stats-file', {
        describe: 'Write the ledger as JSON to this file as well',
        type: 'string',
        requiresArg: true,
      })
      .option('log', { describe: 'How messages stand on standard error', choices: LOG_FORMATS, default: 'text' })
      .option('progress', { describe: 'Show progress on a terminal', type: 'boolean', default: true })
      .group(['list', 'from', 'to'], 'Input')
      .group(['output', 'uniflow', 'time', 'observation-domain'], 'Output')
      .group(['idle-timeout', 'active-timeout', 'max-flows', 'vlan-in-key', 'interface-in-key'], 'Flows')
      .group(['decap', ...UDP_TUNNEL_NAMES.map((name) => `port-${name}`)], 'Tunnels')
      .group(['workers', 'stats', 'stats-file', 'log', 'progress'], 'Run')
      .check((argv) => {
        const unknown = argv.capture.find((name) => name !== '-' && name.startsWith('-'));
        if (unknown !== undefined) throw new Error(`unknown option ${unknown}`);
        if (capturesOf(argv).length + argv.list.length === 0) throw new Error('name at least one capture');
        optionsOf(argv as unknown as ReplayArguments);
        return true;
      }, false)
      .example('$0 replay day.pcap.gz -o day.ipfix', 'a capture into an IPFIX file')
      .example('tcpdump -w - | $0 replay - -o -', 'a pipe into JSON lines') as unknown as Argv<ReplayArguments>;
  },
  handler: async (argv: ArgumentsCamelCase<ReplayArguments>) => {
    process.exitCode = await runReplay(argv);
  },
};

/** Runs the command; resolves to the exit code. */
async function runReplay(argv: ArgumentsCamelCase<ReplayArguments>): Promise<number> {
  const progress = new Progress(process.stderr);
  const write = createTell('replay', argv.log);
  const tell = (message: string): void => {
    progress.clear();
    write(message.replace(/^-: /, 'standard input: '));
  };
  let inputs: readonly string[];
  const outputs: Output[] = [];
  const options = optionsOf(argv);
  const interfaces = new InterfaceTable();
  // Records name interfaces only where these are part of the flow key.
  const knowledge = options.interfaceInKey ? { interfaces: () => exportedInterfaces(interfaces) } : {};
  const captures = capturesOf(argv);
  try {
    const found = await expandInputs({ names: captures, lists: argv.list });
    inputs = found.inputs;
    found.warnings.forEach(tell);
    if (inputs.includes(STANDARD_INPUT) && isatty(process.stdin.fd)) {
      throw new CaptureError('usage', STANDARD_INPUT, 'is a terminal: pipe or redirect a capture into it');
    }
    if (inputs.length === 0)
      throw new CaptureError('no-match', captures.concat(argv.list).join(', '), 'no capture to read');
    for (const path of options.outputs) outputs.push(await createOutput(path, { ...options, ipfix: { knowledge } }));
  } catch (error) {
    tell(errorText(error));
    return error instanceof CaptureError || error instanceof RangeError ? EXIT_USAGE : EXIT_FAULT;
  }
  const observer = {
    warn: tell,
    progress: (state: () => ProgressState): void => (argv.progress ? progress.update(state) : undefined),
  };
  const statistics = await new Replay({ ...options, inputs }, outputs, observer, interfaces).run();
  progress.clear();
  const written = writeStatistics(statistics, argv, tell);
  // A reader that has seen enough, such as head, is no fault.
  const failed = outputs.filter(({ error }) => error !== null && error.code !== 'EPIPE');
  const faults = statistics.inputs.faults.length + failed.length;
  return faults === 0 && statistics.ledger.balanced && written ? EXIT_DONE : EXIT_FAULT;
}

/** What follows `--` is not among the positional arguments. */
function capturesOf({ capture, _ }: { capture: string[]; _: (string | number)[] }): string[] {
  return [...capture, ..._.slice(1).map(String)];
}

function writeStatistics(statistics: RunStatistics, argv: ReplayArguments, tell: (message: string) => void): boolean {
  if (argv.stats === 'json') process.stderr.write(`${JSON.stringify(statistics)}\n`);
  else if (argv.stats === 'text') process.stderr.write(statisticsText(statistics));
  if (argv.statsFile === undefined) return true;
  try {
    writeFileSync(argv.statsFile, `${JSON.stringify(statistics, null, 2)}\n`);
    return true;
  } catch (error) {
    tell(`--stats-file ${argv.statsFile}: ${errorText(error)}`);
    return false;
  }
}

/** Reads the options; throws an error that names the option, the value and what is allowed. */
function optionsOf(argv: ReplayArguments): Options {
  const tunnelPorts: Record<string, number[]> = {};
  for (const name of UDP_TUNNEL_NAMES) {
    tunnelPorts[name] = read(
      `port-${name}`,
      String((argv as unknown as Record<string, unknown>)[`port-${name}`]),
      ports,
    );
  }
  const fromUs = argv.from === undefined ? 0 : read('from', argv.from, momentUs);
  const toUs = argv.to === undefined ? Infinity : read('to', argv.to, momentUs);
  if (toUs <= fromUs) throw new Error(`--to '${argv.to}': expected a moment after --from`);
  const outputs = argv.output ?? [STANDARD_OUTPUT];
  const twice = outputs.find((output, i) => outputs.indexOf(output) !== i);
  if (twice !== undefined) throw new Error(`--output '${twice}': is named twice, expected each output once`);
  return {
    outputs,
    uniflow: argv.uniflow,
    time: argv.time,
    observationDomain: read('observation-domain', argv.observationDomain, (text) => wholeNumber(text, 0, 0xffff_ffff)),
    idleTimeoutUs: read('idle-timeout', argv.idleTimeout, durationUs),
    activeTimeoutUs: read('active-timeout', argv.activeTimeout, durationUs),
    maxFlows: read('max-flows', argv.maxFlows, (text) => wholeNumber(text, 1, 50_000_000)),
    fromUs,
    toUs,
    vlanInKey: argv.vlanInKey,
    interfaceInKey: argv.interfaceInKey,
    decap: read('decap', argv.decap, tunnels),
    tunnelPorts,
    workers: argv.workers === 'auto' ? availableParallelism() : read('workers', argv.workers, workers),
  };
}

function read<T>(option: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`--${option} ${errorText(error)}`, { cause: error });
  }
}

function workers(text: string): number {
  return wholeNumber(text, 1, MAX_WORKERS);
}

function tunnels(text: string): string[] {
  if (text === 'none') return [];
  if (text === 'all') return Object.keys(TUNNELS);
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (TUNNELS[name] === undefined) {
      throw new Error(`'${name}': expected all, none or a list of ${Object.keys(TUNNELS).join(', ')}`);
    }
  }
  return names;
}

function ports(text: string): number[] {
  return text.split(',').map((port) => wholeNumber(port, 1, LARGEST_PORT));
}
