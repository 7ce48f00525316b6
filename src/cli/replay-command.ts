import { availableParallelism } from 'node:os';
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

import { CaptureError, errorText } from '../capture/capture-error.js';
import { expandInputs } from '../capture/inputs.js';
import { InterfaceTable } from '../capture/interface-table.js';
import { STANDARD_INPUT } from '../capture/open-source.js';
import { checkFilter } from '../capture/packet-filter.js';
import type { Configuration } from '../config/configuration.js';
import { replaySettings } from '../config/replay-settings.js';
import { createOutput } from '../export/create-output.js';
import type { Output } from '../export/output.js';
import { parseOutput } from '../export/output-spec.js';
import type { ExportStatistics } from '../export/options/statistics-record.js';
import { createTell } from '../observe/log.js';
import { Progress, type ProgressState } from '../observe/progress.js';
import { statisticsText } from '../observe/run-statistics.js';
import { exportedInterfaces } from '../sensor/exported-interfaces.js';
import { inspectedBy, loadInspection } from '../sensor/inspection.js';
import { Replay } from '../sensor/replay.js';
import { labelTables } from './label-rules.js';
import type { PlainLine } from './plain-words.js';
import { asUsage, settingsOfCommand, settingsOptions } from './settings-options.js';
import { UsageError } from './usage-error.js';
import { writeStatistics } from './write-statistics.js';

const STANDARD_INPUT_DESCRIPTOR = 0;

const EXIT_DONE = 0;
const EXIT_FAULT = 1;
const EXIT_USAGE = 2;

interface ReplayArguments {
  capture: string[];
}

export const replayCommand: CommandModule<object, ReplayArguments> = {
  command: 'replay [capture..]',
  describe: 'Meter packet captures into flow records',
  builder: (yargs: Argv) =>
    settingsOptions(
      yargs
        // Else a lone `-` would be lost, as an input and as the value of -o.
        .parserConfiguration({ 'unknown-options-as-args': true, 'greedy-arrays': false })
        .positional('capture', {
          describe: "pcap and pcapng files, also compressed; folders, patterns; '-' is standard input",
          type: 'string',
          array: true,
          default: [] as string[],
        }),
      'replay',
    )
      .check((argv) => {
        const unknown = argv.capture.find((name) => name !== '-' && name.startsWith('-'));
        if (unknown !== undefined) throw new Error(`unknown option ${unknown}`);
        return true;
      }, false)
      .example('$0 replay day.pcap.gz -o day.ipfix', 'a capture into an IPFIX file')
      .example('tcpdump -w - | $0 replay - -o -', 'a pipe into JSON lines'),
  // What follows `--` is not among the positional arguments.
  handler: (argv: ArgumentsCamelCase<ReplayArguments>) =>
    runReplayLine({ options: argv, operands: [...argv.capture, ...argv._.slice(1).map(String)] }),
};

/** Runs a line that has been read; sets the exit code. */
export async function runReplayLine({ options, operands }: PlainLine): Promise<void> {
  process.exitCode = await runReplay(operands, await settingsOfCommand('replay', options));
}

/** Meters `captures` as the configuration says; resolves to the exit code. Throws a `UsageError`. */
export async function runReplay(captures: readonly string[], configuration: Configuration): Promise<number> {
  const labels = await labelTables(configuration);
  const options = asUsage(() => replaySettings(configuration, availableParallelism(), labels));
  const lists = configuration.get('input.lists');
  if (captures.length + lists.length === 0) throw new UsageError('name at least one capture');
  const inspection = await loadInspection(options);
  const showProgress = configuration.get('log.progress');
  const progress = new Progress(() => process.stderr);
  const write = await createTell('replay', configuration.get('log.format'));
  const tell = (message: string): void => {
    progress.clear();
    write(message.replace(/^-: /, 'standard input: '));
  };
  let inputs: readonly string[];
  const outputs: Output[] = [];
  const interfaces = new InterfaceTable();
  let replay: Replay | null = null;
  try {
    const found = await expandInputs({ names: captures, lists });
    inputs = found.inputs;
    found.warnings.forEach(tell);
    if (inputs.includes(STANDARD_INPUT) && (await import('node:tty')).isatty(STANDARD_INPUT_DESCRIPTOR)) {
      throw new CaptureError('usage', STANDARD_INPUT, 'is a terminal: pipe or redirect a capture into it');
    }
    if (inputs.length === 0)
      throw new CaptureError('no-match', captures.concat(lists).join(', '), 'no capture to read');
    if (options.filter !== null) checkFilter(options.filter);
    // All are understood before the first is opened.
    const groups = options.outputs.map(parseOutput);
    const knowledge = {
      // Records name interfaces only where these are part of the flow key.
      ...(options.interfaceInKey ? { interfaces: () => exportedInterfaces(interfaces) } : {}),
      ...(options.dpi === null || inspection === null ? {} : { applications: inspection.exportedApplications }),
    };
    const statisticsNow = (): ExportStatistics | null => replay?.statistics() ?? null;
    const defaults = {
      ...options,
      inspected: inspectedBy(inspection, options),
      isReplay: true,
      warn: tell,
      statistics: statisticsNow,
      ipfix: { knowledge },
    };
    for (const group of groups) outputs.push(await createOutput(group, defaults));
  } catch (error) {
    tell(errorText(error));
    return error instanceof CaptureError || error instanceof RangeError ? EXIT_USAGE : EXIT_FAULT;
  }
  const observer = {
    warn: tell,
    progress: (state: () => ProgressState): void => (showProgress ? progress.update(state) : undefined),
  };
  replay = await Replay.create({ ...options, inputs }, outputs, observer, interfaces, inspection);
  const statistics = await replay.run();
  progress.clear();
  const written = writeStatistics(statistics, statisticsText(statistics), configuration, tell);
  // A reader that has seen enough, such as head, is no fault.
  const failed = outputs.filter(({ fault }) => fault !== null && fault.code !== 'EPIPE');
  const faults = statistics.inputs.faults.length + failed.length;
  return faults === 0 && statistics.ledger.balanced && written ? EXIT_DONE : EXIT_FAULT;
}
