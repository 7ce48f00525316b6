import type { LiveSettings } from '../../config/live-settings.js';
import { optionalLayouts } from '../../dpi/optional-layouts.js';
import { flowFields } from '../../export/fields/flow-fields.js';
import { RecordText } from '../../export/text/record-text.js';
import { JSON_LINES } from '../../export/text/text-style.js';
import { ClosedFlows } from '../../flow/closed-flows.js';
import { extensionWordsOf } from '../../flow/flow-meter.js';
import { METERS } from '../../flow/meters/index.js';
import type { TalkerStatus, TopStatus } from '../../observe/live-status.js';
import { inspectedBy, type Inspection } from '../inspection.js';
import { addressText, applicationText, serviceText } from './key-text.js';
import type { TalkersTaken, TalkerTable } from './talkers.js';
import type { LiveFlows } from './worker-messages.js';

/** Live flows as the JSON output would write them, without metadata. */
export interface FlowDump {
  readonly flows: readonly unknown[];
  /** Flows that the limit left out. */
  readonly more: number;
}

const BLOCK = 256;

export function joinFlows(
  answers: readonly LiveFlows[],
  limit: number,
  { time, interfaceInKey, dpi, payload }: Pick<LiveSettings, 'time' | 'interfaceInKey' | 'dpi' | 'payload'>,
  inspection: Inspection | null,
): FlowDump {
  const pieces: Buffer[] = [];
  const inspected = inspectedBy(inspection, { dpi, payload });
  const table = flowFields({ time, ingressInterface: interfaceInKey, inspected });
  const text = new RecordText(table, false, JSON_LINES, (octets, from, to) => {
    pieces.push(Buffer.from(octets.subarray(from, to)));
  });
  const block = new ClosedFlows(extensionWordsOf([...METERS, ...optionalLayouts({ dpi, payload })]), BLOCK);
  let room = limit;
  let more = 0;
  for (const { words, count, more: beyond } of answers) {
    const taken = Math.min(count, room);
    for (let from = 0; from < taken; from += BLOCK) {
      block.count = Math.min(BLOCK, taken - from);
      block.words.set(words.subarray(from * block.stride, (from + block.count) * block.stride));
      text.write(block);
    }
    room -= taken;
    more += beyond + count - taken;
  }
  text.flush();
  const lines = Buffer.concat(pieces)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  return { flows: lines.map((line) => JSON.parse(line) as unknown), more };
}

export function joinTalkers(
  answers: readonly TalkersTaken[],
  most: number,
  inspection: Inspection | null,
): Pick<TopStatus, 'talkers' | 'services' | 'applications'> {
  const applications = answers.flatMap((answer) => answer.applications ?? []);
  const nameOf = inspection?.applicationNamed ?? (() => undefined);
  return {
    talkers: joinTables(
      answers.map(({ talkers }) => talkers),
      addressText,
      most,
    ),
    services: joinTables(
      answers.map(({ services }) => services),
      serviceText,
      most,
    ),
    applications:
      applications.length === 0 ? null : joinTables(applications, (key) => applicationText(key, nameOf), most),
  };
}

function joinTables(
  tables: readonly TalkerTable[],
  nameOf: (key: readonly number[]) => string,
  most: number,
): TalkerStatus[] {
  const sums = new Map<string, { octets: number; packets: number }>();
  for (const { key, octets, packets } of tables.flatMap(({ rows }) => rows)) {
    const name = nameOf(key);
    const sum = sums.get(name) ?? { octets: 0, packets: 0 };
    sums.set(name, { octets: sum.octets + octets, packets: sum.packets + packets });
  }
  return [...sums]
    .map(([name, sum]) => ({ name, ...sum }))
    .sort((a, b) => b.octets - a.octets)
    .slice(0, most);
}
