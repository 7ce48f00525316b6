import type { InputFault } from '../capture/capture-reader.js';
import type { DpiCounts } from '../dpi/dpi-counters.js';
import type { PayloadCounts } from '../dpi/payload-counters.js';
import type { OutputCounts } from '../export/output.js';
import { grouped } from './grouped.js';
import type { Ledger } from './ledger.js';

/** What became of the records at one output; `OutputCounts` (export/output.ts) has the meaning of each count. */
export interface OutputStatistics {
  readonly name: string;
  /** Records that were exported. */
  readonly records: number;
  /** The last fault. */
  readonly fault: string | null;
  /** Records that were not sent, whatever the reason. */
  readonly notSent: number;
  readonly counts: OutputCounts;
  /** Every record that the output was offered is accounted for. */
  readonly balanced: boolean;
}

/** What a replay tells at its end; `--stats json` writes it as it stands. Documented in docs/operating.md; keys are stable. */
export interface RunStatistics {
  readonly inputs: { readonly read: number; readonly octets: number; readonly faults: readonly InputFault[] };
  readonly outputs: readonly OutputStatistics[];
  readonly seconds: number;
  readonly packetsPerSecond: number;
  readonly ledger: Ledger;
  /** Without deep packet inspection the key is not there. */
  readonly dpi?: DpiCounts;
  /** Without measurement of payload the key is not there. */
  readonly payload?: PayloadCounts;
}

/** The counts of all workers together. */
export function sumCounts<T extends object>([first, ...others]: readonly T[]): T {
  return others.reduce((sum, each) => addCounts(sum, each), first);
}

function addCounts<T extends object>(one: T, other: T): T {
  const sum = new Map<string, unknown>(Object.entries(one));
  for (const [name, value] of Object.entries(other) as [string, unknown][]) {
    const before = sum.get(name);
    if (typeof value === 'number') sum.set(name, value + (typeof before === 'number' ? before : 0));
    else sum.set(name, addCounts(before ?? {}, value as object));
  }
  return Object.fromEntries(sum) as T;
}

/** A line of statistics: what, how much, and a note. */
export type StatisticsLine = readonly [label: string, value: number, note?: string];

/** The statistics as people read them. */
export function statisticsText(statistics: RunStatistics): string {
  const { ledger, inputs, outputs } = statistics;
  return ledgerText({
    ...statistics,
    source: `${grouped(inputs.octets)} octets of ${counted(inputs.read, 'input')}`,
    packetLines: [],
    notSentNote: '',
    outputLines: outputs.map((output) => [`  to ${output.name}`, output.records, outputNote(output)]),
    ledger,
  });
}

/** A ledger as people read it, with what belongs to the kind of run put in. */
export function ledgerText(parts: {
  readonly ledger: Ledger;
  readonly seconds: number;
  readonly packetsPerSecond: number;
  /** Where the packets came from. */
  readonly source: string;
  readonly packetLines: readonly StatisticsLine[];
  readonly notSentNote: string;
  readonly outputLines: readonly StatisticsLine[];
}): string {
  const { ledger } = parts;
  const { packets, flows } = ledger;
  const lines: string[] = [];
  const line = (label: string, value: number, note = ''): void => {
    lines.push(`  ${label.padEnd(26)}${grouped(value).padStart(16)}${note === '' ? '' : `  ${note}`}`);
  };
  lines.push('packets');
  line('received', packets.received, parts.source);
  for (const each of parts.packetLines) line(...each);
  line('metered', packets.metered, `${grouped(ledger.octetsMetered)} IP octets`);
  line('ignored', packets.ignoredTotal, reasons(packets.ignored, ledger.notIpByEtherType));
  lines.push('flows');
  line('created', flows.created, `at most ${grouped(flows.peak)} at once`);
  line('exported', flows.exported, reasons(flows.endReasons, {}));
  if (flows.notSent > 0) line('not sent', flows.notSent, parts.notSentNote);
  for (const each of parts.outputLines) line(...each);
  if (ledger.fragments.portsUnknown > 0) line('fragments without ports', ledger.fragments.portsUnknown);
  if (ledger.fragments.tableOverflow > 0) line('fragment table overflow', ledger.fragments.tableOverflow);
  if (ledger.undecodedTunnels > 0) line('undecoded tunnels', ledger.undecodedTunnels, 'metered as the tunnel itself');
  if (ledger.oddTimestamps > 0) line('odd time stamps', ledger.oddTimestamps);
  lines.push(
    `ledger ${ledger.balanced ? 'balances' : 'DOES NOT BALANCE'}; ` +
      `${parts.seconds.toFixed(2)} s, ${grouped(Math.round(parts.packetsPerSecond))} packets/s`,
  );
  return `${lines.join('\n')}\n`;
}

function outputNote({ counts, notSent, fault, balanced }: OutputStatistics): string {
  const lost = notSent > 0 ? [`${grouped(notSent)} not sent (${reasons({ ...counts.notSent }, {})})`] : [];
  const filtered = counts.filtered > 0 ? [`${grouped(counts.filtered)} filtered`] : [];
  const recovered = counts.recovered > 0 ? [`${grouped(counts.recovered)} of an earlier run among them`] : [];
  const spooled = counts.spooledRecords > 0 ? [`${grouped(counts.spooledRecords)} wait in the spool`] : [];
  const wrong = balanced ? [] : ['DOES NOT BALANCE'];
  return (
    ['records', ...recovered, ...filtered, ...lost, ...spooled, ...wrong].join(', ') +
    (fault === null ? '' : `; ${fault}`)
  );
}

export function reasons(
  counts: Readonly<Record<string, number>>,
  details: Readonly<Record<string, number>> = {},
): string {
  const part = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .filter(([, n]) => n > 0)
      .map(([name, n]) => `${name} ${grouped(n)}`)
      .join(', ');
  const detail = part(details);
  return part(counts) + (detail === '' ? '' : ` (${detail})`);
}

function counted(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`;
}
