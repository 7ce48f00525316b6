import type { DataRecord } from '../data-record.js';
import { Timestamp } from '../value.js';
import { secondsText, silkTimeText } from '../value-text.js';
import { FlowView } from './flow-view.js';
import type { RecordPrinter, TextBuffer } from './printer.js';
import { MEASURED_ROWS } from './table.js';
import { paddedFlagLetters } from './words.js';

const IPV4_WIDTH = 15;
const IPV6_WIDTH = 39;

/** Titles and widths of rwcut's default columns behind the two addresses. */
const COLUMNS: readonly (readonly [title: string, width: number])[] = [
  ['sPort', 5],
  ['dPort', 5],
  ['pro', 3],
  ['packets', 10],
  ['bytes', 10],
  ['flags', 8],
  ['sTime', 23],
  ['duration', 9],
  ['eTime', 23],
  ['sen', 3],
];

/**
 * Rows as SiLK's rwcut prints them by default. SiLK's flows have one direction: a biflow becomes two rows, the reverse
 * one second with its own start, as rwipfix2silk converts it; a direction without packets has no row. Counters are
 * shown in full where SiLK would stop at 32 bits.
 */
export class SilkPrinter implements RecordPrinter {
  readonly #out: TextBuffer;
  readonly #flow = new FlowView();
  readonly #reverseStart = new Timestamp();
  /** Rows before it is known whether there are IPv6 addresses among the first. */
  #held: [source: string, destination: string, rest: string][] | null = [];
  #addressWidth = IPV4_WIDTH;

  constructor(out: TextBuffer) {
    this.#out = out;
  }

  flow(record: DataRecord): boolean {
    const flow = this.#flow;
    if (!flow.load(record)) return false;
    if (flow.version === 6 && this.#held !== null) this.#addressWidth = IPV6_WIDTH;
    const { sourceAddress, destinationAddress } = flow;
    const [sourcePort, destinationPort] = [Math.max(flow.sourcePort, 0), Math.max(flow.destinationPort, 0)];
    let isShown = false;
    if (flow.packets > 0) {
      const flags = mergedFlags(flow.initialFlags, flow.unionFlags);
      const rest = this.#rest(sourcePort, destinationPort, flow.packets, flow.octets, flags, flow.start);
      this.#row(sourceAddress, destinationAddress, rest);
      isShown = true;
    }
    if (flow.reversePackets > 0) {
      flow.reverseStart(this.#reverseStart);
      const flags = mergedFlags(flow.reverseInitialFlags, flow.reverseUnionFlags);
      // Type and code of an ICMP flow stay where they are.
      const [from, to] = flow.isIcmp ? [sourcePort, destinationPort] : [destinationPort, sourcePort];
      const rest = this.#rest(from, to, flow.reversePackets, flow.reverseOctets, flags, this.#reverseStart);
      this.#row(destinationAddress, sourceAddress, rest);
      isShown = true;
    }
    return isShown;
  }

  options(): void {
    // SiLK has no such records: the command refuses to ask for them
  }

  end(): void {
    this.#settle();
  }

  #rest(from: number, to: number, packets: number, octets: number, flags: number, start: Timestamp): string {
    const flow = this.#flow;
    const { end } = flow;
    const elapsed = Math.max(wholeMilliseconds(end) - wholeMilliseconds(start), 0);
    return (
      `${cell(from, 5)}${cell(to, 5)}${cell(Math.max(flow.protocol, 0), 3)}` +
      `${cell(packets, 10)}${cell(Math.max(octets, 0), 10)}${paddedFlagLetters(flags)}|` +
      `${silkTimeText(start).padStart(23)}|${secondsText(elapsed).padStart(9)}|${silkTimeText(end).padStart(23)}|` +
      `${cell(flow.sensor, 3)}\n`
    );
  }

  #row(source: string, destination: string, rest: string): void {
    if (this.#held === null) {
      this.#write(source, destination, rest);
      return;
    }
    this.#held.push([source, destination, rest]);
    if (this.#held.length >= MEASURED_ROWS) this.#settle();
  }

  #settle(): void {
    if (this.#held === null) return;
    const titles = COLUMNS.map(([title, width]) => `${title.padStart(width)}|`).join('');
    this.#write('sIP', 'dIP', `${titles}\n`);
    for (const [source, destination, rest] of this.#held) this.#write(source, destination, rest);
    this.#held = null;
  }

  #write(source: string, destination: string, rest: string): void {
    const width = this.#addressWidth;
    this.#out.write(`${source.padStart(width)}|${destination.padStart(width)}|${rest}`);
  }
}

function cell(value: number, width: number): string {
  return `${String(value).padStart(width)}|`;
}

function wholeMilliseconds(time: Timestamp): number {
  return time.seconds * 1000 + Math.floor(time.nanoseconds / 1e6);
}

function mergedFlags(initial: number, union: number): number {
  return Math.max(initial, 0) | Math.max(union, 0);
}
