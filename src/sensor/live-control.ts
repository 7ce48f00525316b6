import { type ControlCommand, CONTROL_COMMANDS, CONTROL_LIMITS } from '../observe/control-protocol.js';
import { parseFlowFilter } from './live/flow-filter.js';
import type { LiveSensor } from './live.js';

const STANDARD_FLOWS = 1_000;
const STANDARD_TALKERS = 10;

type Request = Readonly<Record<string, unknown>>;

/** What each command does. */
function actions(
  sensor: LiveSensor,
  reload: () => Promise<unknown>,
): Readonly<Record<ControlCommand, (request: Request) => unknown>> {
  return {
    status: () => sensor.status(),
    flows: (request) => {
      const filter = parseFlowFilter(textOf(request.filter ?? ''));
      return sensor.flows(filter, count(request, STANDARD_FLOWS, CONTROL_LIMITS.flows));
    },
    flush: async () => ({ flows: await sensor.flush() }),
    reload,
    rotate: () => ({ outputs: sensor.rotate() }),
    templates: () => ({ outputs: sensor.announce() }),
    top: (request) => sensor.top(count(request, STANDARD_TALKERS, CONTROL_LIMITS.talkers)),
  };
}

/** Answers the requests of the control socket. What it throws is told to whoever asked. */
export function controlAnswers(sensor: LiveSensor, reload: () => Promise<unknown>): (request: Request) => unknown {
  const table = actions(sensor, reload);
  return (request) => {
    const { command } = request;
    const known = CONTROL_COMMANDS.find((name) => name === command);
    if (known === undefined)
      throw new RangeError(`command ${JSON.stringify(command)}: expected one of ${CONTROL_COMMANDS.join(', ')}`);
    return table[known](request);
  };
}

function textOf(filter: unknown): string {
  if (typeof filter === 'string') return filter;
  throw new RangeError(`filter ${JSON.stringify(filter)}: expected a text`);
}

function count({ limit }: Request, standard: number, largest: number): number {
  if (limit === undefined) return standard;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > largest)
    throw new RangeError(`limit ${JSON.stringify(limit)}: expected a whole number from 1 to ${largest}`);
  return limit;
}
