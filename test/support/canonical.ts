import type { ReplaySettings } from '../../src/config/replay-settings.js';
import { durationUs } from '../../src/config/units.js';
import { flowFields } from '../../src/export/fields/flow-fields.js';
import type { Output } from '../../src/export/output.js';
import { RecordText } from '../../src/export/text/record-text.js';
import { SinkOutput } from '../../src/export/file/sink-output.js';
import { JSON_LINES } from '../../src/export/text/text-style.js';
import type { RunStatistics } from '../../src/observe/run-statistics.js';
import { InterfaceTable } from '../../src/capture/interface-table.js';
import { loadInspection } from '../../src/sensor/inspection.js';
import { Replay } from '../../src/sensor/replay.js';
import { MemorySink } from './memory-sink.js';

/** Replay within this process, and its records in the form in which independent meters give theirs. */

/** One line of JSON output: values by element name. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export interface InProcessReplay {
  /** JSON lines as `weir replay -o -` writes them. */
  readonly text: string;
  readonly records: readonly JsonRecord[];
  readonly statistics: RunStatistics;
  readonly warnings: readonly string[];
}

const SETTINGS: Omit<ReplaySettings, 'inputs' | 'outputs'> = {
  uniflow: false,
  observationDomain: 0,
  time: 'us',
  idleTimeoutUs: durationUs('30s'),
  activeTimeoutUs: durationUs('30m'),
  maxFlows: 4_000,
  fromUs: 0,
  toUs: Infinity,
  filter: null,
  dedupUs: 0,
  vlanInKey: true,
  interfaceInKey: false,
  decap: [],
  tunnelPorts: {},
  dpi: null,
  payload: null,
  workers: 1,
};

/** Replays captures with idle timeout 30 s, active timeout 30 min, no decapsulation and times in µs, unless `settings` say otherwise; writes to `outputs` as well. */
export async function replayInProcess(
  inputs: readonly string[],
  settings: Partial<ReplaySettings> = {},
  outputs: readonly Output[] = [],
): Promise<InProcessReplay> {
  const all: ReplaySettings = { ...SETTINGS, ...settings, inputs, outputs: [] };
  const sink = new MemorySink();
  const table = flowFields({ time: all.time, ingressInterface: all.interfaceInKey });
  const output = new SinkOutput(
    'memory',
    (write) => new RecordText(table, all.uniflow, JSON_LINES, write),
    sink,
    all.uniflow,
  );
  const warnings: string[] = [];
  const observer = { warn: (message: string) => void warnings.push(message), progress: () => undefined };
  const inspection = await loadInspection(all);
  const replay = await Replay.create(all, [output, ...outputs], observer, new InterfaceTable(), inspection);
  const statistics = await replay.run();
  const text = sink.octets.toString('utf8');
  return { text, records: parseJsonLines(text), statistics, warnings };
}

export function parseJsonLines(text: string): JsonRecord[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonRecord);
}

/** A flow as the independent meters write it. The names are theirs; times are whole µs since 1970. */
export type CanonicalFlow = Readonly<Record<string, string | number>>;

/** The canonical form of a record with times in µs. What the record does not have is left out. */
export function canonicalFlow(record: JsonRecord): CanonicalFlow {
  const number = (element: string): number => (record[element] as number | undefined) ?? 0;
  const address = (end: string): string => (record[`${end}IPv4Address`] ?? record[`${end}IPv6Address`]) as string;
  const start = microseconds(record.flowStartMicroseconds);
  const flow: Record<string, string | number> = {
    src: address('source'),
    dst: address('destination'),
    proto: number('protocolIdentifier'),
    sport: number('sourceTransportPort'),
    dport: number('destinationTransportPort'),
    vlan: number('vlanId'),
    packets: number('packetDeltaCount'),
    octets: number('octetDeltaCount'),
    rpackets: number('reversePacketDeltaCount'),
    roctets: number('reverseOctetDeltaCount'),
    start_us: start,
    end_us: microseconds(record.flowEndMicroseconds),
    end_reason: number('flowEndReason'),
  };
  const optional = (name: string, element: string): void => {
    if (record[element] !== undefined) flow[name] = number(element);
  };
  optional('iflags', 'initialTCPFlags');
  optional('uflags', 'unionTCPFlags');
  optional('isn', 'tcpSequenceNumber');
  optional('riflags', 'reverseInitialTCPFlags');
  optional('ruflags', 'reverseUnionTCPFlags');
  optional('risn', 'reverseTcpSequenceNumber');
  if (record.reverseFlowStartMicroseconds !== undefined) {
    flow.rstart_us = microseconds(record.reverseFlowStartMicroseconds);
  }
  return flow;
}

/** µs since 1970 of a time as RFC 7373 §4.11 writes it. */
export function microseconds(text: unknown): number {
  const match = /^(.{19})\.(\d{6})\d*Z$/.exec(String(text));
  if (match === null) throw new Error(`${String(text)}: expected a UTC time with microseconds`);
  return Date.parse(`${match[1]}Z`) * 1_000 + Number(match[2]);
}
