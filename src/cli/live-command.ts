import { availableParallelism } from 'node:os';
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

import { CaptureError, errorCode, errorText } from '../capture/capture-error.js';
import { keepsProcess } from '../capture/live/backends.js';
import type { Configuration } from '../config/configuration.js';
import { type LiveSettings, liveSettings } from '../config/live-settings.js';
import { createLog } from '../observe/logger.js';
import { liveStatisticsText } from '../observe/live-statistics.js';
import { LiveService } from '../sensor/live-service.js';
import { labelTables } from './label-rules.js';
import type { PlainLine } from './plain-words.js';
import { asUsage, settingsOfCommand, settingsOptions } from './settings-options.js';
import { UsageError } from './usage-error.js';
import { writeStatistics } from './write-statistics.js';

const EXIT_DONE = 0;
const EXIT_FAULT = 1;
const EXIT_USAGE = 2;

export const liveCommand: CommandModule<object, object> = {
  command: 'live',
  describe: 'Meter the packets of network interfaces into flow records',
  builder: (yargs: Argv) =>
    settingsOptions(
      // Else a lone `-` would be lost as the value of -i and -o.
      yargs.parserConfiguration({ 'unknown-options-as-args': true, 'greedy-arrays': false }),
      'live',
    )
      .check((argv) => {
        const [, unknown] = argv._.map(String);
        if (unknown !== undefined)
          throw new Error(
            unknown.startsWith('-') ? `unknown option ${unknown}` : `'${unknown}': interfaces are named with -i`,
          );
        return true;
      }, false)
      .example('$0 live -i eth1 -o ipfix+tcp://collector:4739', 'an interface to a collector')
      .example('ssh sensor tcpdump -U -w - | $0 live -i - -o -', 'a pipe into JSON lines'),
  handler: (argv: ArgumentsCamelCase) => runLiveLine({ options: argv, operands: [] }),
};

/** Runs a line that has been read; sets the exit code. */
export async function runLiveLine({ options }: PlainLine): Promise<void> {
  const read = async (): Promise<LiveSettings> => settingsOf(await settingsOfCommand('live', options));
  process.exitCode = await runLive(await settingsOfCommand('live', options), read);
  if (keepsProcess()) await endProcess();
}

/** Ends the process with the exit code that is set, when all that was written has left. */
async function endProcess(): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve));
  }
  process.exit();
}

async function settingsOf(configuration: Configuration): Promise<LiveSettings> {
  const labels = await labelTables(configuration);
  const settings = asUsage(() => liveSettings(configuration, availableParallelism(), labels));
  if (settings.interfaces.length === 0) throw new UsageError('name at least one interface: -i eth0');
  return settings;
}

/** Runs the sensor as the configuration says; resolves to the exit code. Throws a `UsageError`. */
async function runLive(configuration: Configuration, readAgain: () => Promise<LiveSettings>): Promise<number> {
  const settings = await settingsOf(configuration);
  const log = await createLog('live', configuration.get('log.format'), settings.logLevel);
  let service: LiveService;
  try {
    service = await LiveService.open(settings, log, readAgain);
  } catch (error) {
    log.error('start', errorText(error));
    return isUsage(error) ? EXIT_USAGE : EXIT_FAULT;
  }
  const { status, isClean } = await service.run();
  const tell = (message: string): void => log.error('statistics', message);
  const isWritten = writeStatistics(status, liveStatisticsText(status), configuration, tell);
  return isClean && isWritten ? EXIT_DONE : EXIT_FAULT;
}

/** Whether the command line asked for what cannot be; everything else is a fault of the moment. */
function isUsage(error: unknown): boolean {
  if (error instanceof CaptureError) return ['usage', 'missing'].includes(error.kind);
  return error instanceof RangeError && errorCode(error) === null;
}
