import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

import { wholeNumber } from '../config/units.js';
import { ControlClient, ControlError } from '../observe/control-client.js';
import { CONTROL_COMMANDS, CONTROL_LIMITS, type ControlCommand, DEFAULT_SOCKET } from '../observe/control-protocol.js';

const EXIT_FAULT = 1;

interface CtlArguments {
  what: ControlCommand;
  socket: string;
  filter: string | undefined;
  limit: string | undefined;
}

export const ctlCommand: CommandModule<object, CtlArguments> = {
  command: 'ctl <what>',
  describe: 'Ask a running sensor, or tell it what to do; answers are JSON',
  builder: (yargs: Argv) =>
    yargs
      .positional('what', {
        describe:
          'status; flows: live ones; flush: end all live flows now; reload the configuration; rotate files; templates: send them again; top: who talks',
        choices: CONTROL_COMMANDS,
        demandOption: true,
      })
      .option('socket', {
        describe: 'Control socket of the sensor',
        type: 'string',
        requiresArg: true,
        default: DEFAULT_SOCKET,
      })
      .option('filter', {
        describe: 'Of flows: address=10.0.0.0/8, port=53, protocol=udp, or several with commas',
        type: 'string',
        requiresArg: true,
      })
      .option('limit', { describe: 'Of flows and top: how many at most', type: 'string', requiresArg: true })
      .check(({ limit }) => {
        if (limit !== undefined) readLimit(limit);
        return true;
      }, false)
      .example('$0 ctl status', 'counters, interfaces, workers, outputs')
      .example('$0 ctl flows --filter address=10.1.2.3 --limit 20', 'live flows of a host, a line each'),
  handler: async ({ what, socket, filter, limit }: ArgumentsCamelCase<CtlArguments>) => {
    const request = {
      ...(filter === undefined ? {} : { filter }),
      ...(limit === undefined ? {} : { limit: readLimit(limit) }),
    };
    try {
      show(what, await askOnce(socket, what, request));
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      process.stderr.write(`weir ctl: ${error.message}\n`);
      process.exitCode = EXIT_FAULT;
    }
  },
};

async function askOnce(
  socket: string,
  what: ControlCommand,
  request: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const client = await ControlClient.connect(socket);
  try {
    return await client.ask(what, request);
  } finally {
    client.close();
  }
}

function readLimit(text: string): number {
  try {
    return wholeNumber(text, 1, CONTROL_LIMITS.flows);
  } catch (error) {
    throw new Error(`--limit ${(error as Error).message}`, { cause: error });
  }
}

/** Flows are a line each, as the JSON output has them; everything else is one object. */
function show(what: ControlCommand, result: unknown): void {
  if (what !== 'flows') {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const { flows, more } = result as { flows: unknown[]; more: number };
  process.stdout.write(flows.map((flow) => `${JSON.stringify(flow)}\n`).join(''));
  if (more > 0) process.stderr.write(`weir ctl: ${more} more flows; --limit shows more, --filter fewer\n`);
}
