import { grouped } from './grouped.js';
import type { LiveStatus, TalkerStatus, TopStatus } from './live-status.js';

/** What the lists of `weir top` are sorted by. */
export const TOP_SORTS = ['octets', 'packets'] as const;
export type TopSort = (typeof TOP_SORTS)[number];

export interface TopView {
  readonly columns: number;
  readonly rows: number;
  readonly sort: TopSort;
  /** Bold and reverse; off where the terminal is none. */
  readonly isStyled: boolean;
}

const ESCAPE = '\x1b';
const BOLD = '\x1b[1m';
const REVERSE = '\x1b[7m';
const PLAIN = '\x1b[0m';
const STYLE_OR_CHARACTER = new RegExp(`${ESCAPE}\\[\\d+m|[^]`, 'gu');
/** Lines beside those of talkers and outputs. */
const FIXED_LINES = 9;
/** With less room below each other there would be titles and little else. */
const FEWEST_FOR_TWO_LISTS = 6;

/** A screen of `weir top`: lines that fit the terminal. `before` is the status of the last look, from which rates come. */
export function topScreen(now: TopStatus, before: LiveStatus | null, view: TopView): string[] {
  const { status } = now;
  const seconds = before === null ? 0 : status.uptimeSeconds - before.uptimeSeconds;
  const room = Math.max(1, view.rows - FIXED_LINES - status.interfaces.length - status.outputs.length);
  const lines = [
    headLine(status, view),
    ...packetLines(status, before, seconds),
    '',
    title(view, 'INTERFACE', ['PACKETS/S', 'RECEIVED', 'DROPPED KERNEL', 'INTERFACE']),
    ...status.interfaces.map((each, n) =>
      row(view, `${each.name}${each.up ? '' : ' (down)'}`, [
        rate(each.received, before?.interfaces[n]?.received, seconds),
        grouped(each.received),
        grouped(each.droppedByKernel),
        grouped(each.droppedByInterface),
      ]),
    ),
    title(view, 'OUTPUT', ['RECORDS/S', 'EXPORTED', 'NOT SENT', 'QUEUED']),
    ...status.outputs.map((each, n) =>
      row(view, `${each.name}${each.up ? '' : ' (down)'}`, [
        rate(each.exported, before?.outputs[n]?.exported, seconds),
        grouped(each.exported),
        grouped(sum(Object.values(each.notSent))),
        grouped(each.queuedRecords + each.spooledRecords),
      ]),
    ),
    '',
    ...sideBySide(view, listOf('TALKER', now.talkers, now.seconds, view, room), rightList(now, view, room)),
  ];
  return lines.slice(0, view.rows).map((line) => cut(line, view.columns));
}

function headLine(status: LiveStatus, view: TopView): string {
  const { version, state, uptimeSeconds, pid, memoryOctets } = status;
  const text = `weir ${version}  ${state} ${duration(uptimeSeconds)}  pid ${pid}  ${Math.round(memoryOctets / 2 ** 20)} MiB`;
  const keys = 'o octets  p packets  q quit';
  const line = `${text.padEnd(Math.max(text.length + 2, view.columns - keys.length))}${keys}`;
  return view.isStyled ? `${REVERSE}${cut(line, view.columns)}${PLAIN}` : line;
}

function packetLines(status: LiveStatus, before: LiveStatus | null, seconds: number): string[] {
  const { ledger, droppedByKernel, droppedByInterface, notSent, workers, maxFlows } = status;
  const dropped = droppedByKernel + droppedByInterface;
  const droppedBefore = before === null ? undefined : before.droppedByKernel + before.droppedByInterface;
  const busy = workers.map(({ busySeconds }, n) =>
    before === null || seconds === 0
      ? '-'
      : `${Math.round((100 * (busySeconds - before.workers[n].busySeconds)) / seconds)} %`,
  );
  const lateness = Math.max(...workers.map(({ timeoutLatenessSeconds }) => timeoutLatenessSeconds));
  return [
    `packets  ${rate(ledger.packets.received, before?.ledger.packets.received, seconds)}/s  ` +
      `received ${grouped(ledger.packets.received)}  ignored ${grouped(ledger.packets.ignoredTotal)}  ` +
      `dropped ${grouped(dropped)} (${rate(dropped, droppedBefore, seconds)}/s)`,
    `flows    ${rate(ledger.flows.created, before?.ledger.flows.created, seconds)}/s  ` +
      `live ${grouped(ledger.flows.live)} of ${grouped(maxFlows)}  exported ${grouped(ledger.flows.exported)}  ` +
      `evicted ${grouped(ledger.flows.endReasons.lackOfResources ?? 0)}  ` +
      `not sent ${grouped(notSent.handOverFull.flows + notSent.noOutput.flows)}`,
    `workers  busy ${busy.join(' ')}  timeouts late by ${lateness.toFixed(2)} s  ` +
      `ledger ${ledger.balanced ? 'balances' : 'DOES NOT BALANCE'}`,
  ];
}

/** A list of talkers, services or applications, as half a screen. */
function listOf(name: string, list: readonly TalkerStatus[], seconds: number, view: TopView, room: number): string[] {
  const width = Math.floor((view.columns - 2) / 2);
  const ordered = [...list].sort((a, b) => b[view.sort] - a[view.sort]).slice(0, room);
  const line = (first: string, second: string, third: string): string =>
    `${cut(first, width - 24).padEnd(width - 24)}${second.padStart(11)}${third.padStart(13)}`;
  const head = line(
    name,
    view.sort === 'octets' ? 'BITS/S *' : 'BITS/S',
    view.sort === 'packets' ? 'PACKETS/S *' : 'PACKETS/S',
  );
  return [
    view.isStyled ? `${BOLD}${head}${PLAIN}` : head,
    ...ordered.map(({ name: text, octets, packets }) =>
      line(text, rate(8 * octets, 0, seconds), rate(packets, 0, seconds)),
    ),
  ];
}

/** Services, and below them applications where there are any. */
function rightList({ services, applications, seconds }: TopStatus, view: TopView, room: number): string[] {
  if (applications === null || room < FEWEST_FOR_TWO_LISTS) return listOf('SERVICE', services, seconds, view, room);
  const half = Math.min(services.length, (room - 2) >> 1);
  return [
    ...listOf('SERVICE', services, seconds, view, half),
    '',
    ...listOf('APPLICATION', applications, seconds, view, room - 2 - half),
  ];
}

function sideBySide(view: TopView, left: readonly string[], right: readonly string[]): string[] {
  const width = Math.floor((view.columns - 2) / 2);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, n) => {
    const first = left[n] ?? ''.padEnd(width);
    return `${first}  ${right[n] ?? ''}`.trimEnd();
  });
}

function title(view: TopView, name: string, columns: readonly string[]): string {
  const text = row(view, name, columns);
  return view.isStyled ? `${BOLD}${text}${PLAIN}` : text;
}

const CELL = 15;

function row(view: TopView, name: string, cells: readonly string[]): string {
  const width = Math.max(12, view.columns - CELL * cells.length);
  return `${cut(name, width).padEnd(width)}${cells.map((cell) => cell.padStart(CELL)).join('')}`;
}

/** A number a second, short: 12.3 k. */
export function rate(value: number, before: number | undefined, seconds: number): string {
  if (before === undefined || seconds <= 0) return '-';
  const perSecond = Math.max(0, value - before) / seconds;
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (perSecond >= size) return `${(perSecond / size).toFixed(1)} ${unit}`;
  }
  return perSecond.toFixed(perSecond < 10 ? 1 : 0);
}

function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86_400);
  const clock = [whole / 3_600, whole / 60, whole].map((part, n) =>
    String(Math.floor(part) % (n === 0 ? 24 : 60)).padStart(2, '0'),
  );
  return `${days > 0 ? `${days}d ` : ''}${clock.join(':')}`;
}

/** Cut to the visible width; escape sequences take none and stay whole. */
function cut(text: string, width: number): string {
  let visible = 0;
  let out = '';
  for (const [piece] of text.matchAll(STYLE_OR_CHARACTER)) {
    const isEscape = piece.length > 1 && piece.startsWith('\x1b');
    if (!isEscape && ++visible > width) continue;
    out += piece;
  }
  return out;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
