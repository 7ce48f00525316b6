import type { DataRecord } from '../data-record.js';
import { recordJson } from '../structured-data.js';
import { secondsText, timeText } from '../value-text.js';
import type { Column } from './column.js';
import { FlowView } from './flow-view.js';
import type { RecordPrinter, TextBuffer } from './printer.js';
import { endReasonWord, flagLetters, hasPorts, protocolName } from './words.js';

/** Rows that are held back to find out how wide each column must be; a wider cell further down shifts its row. */
export const MEASURED_ROWS = 1000;

/** A column is no wider than that for the sake of a few long cells, which shift their rows. */
const WIDEST = 64;

export interface TableHeading {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Lays out rows of cells in columns two blanks apart. */
export class TableLayout {
  readonly #headings: readonly TableHeading[];
  readonly #out: TextBuffer;
  readonly #widths: number[];
  /** Rows, and lines that are no rows, until the widths are settled. */
  #held: (readonly string[] | string)[] | null = [];

  constructor(headings: readonly TableHeading[], out: TextBuffer) {
    this.#headings = headings;
    this.#out = out;
    this.#widths = headings.map(({ title }) => title.length);
  }

  row(cells: readonly string[]): void {
    if (this.#held === null) this.#writeRow(cells);
    else this.#hold([...cells]);
  }

  line(text: string): void {
    if (this.#held === null) this.#out.write(`${text}\n`);
    else this.#hold(text);
  }

  end(): void {
    this.#settle();
  }

  #hold(item: readonly string[] | string): void {
    this.#held!.push(item);
    if (typeof item !== 'string') {
      item.forEach((cell, index) => {
        if (cell.length > this.#widths[index]) this.#widths[index] = Math.min(cell.length, WIDEST);
      });
    }
    if (this.#held!.length >= MEASURED_ROWS) this.#settle();
  }

  #settle(): void {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    if (held.some((item) => typeof item !== 'string')) this.#writeRow(this.#headings.map(({ title }) => title));
    for (const item of held) {
      if (typeof item === 'string') this.#out.write(`${item}\n`);
      else this.#writeRow(item);
    }
  }

  #writeRow(cells: readonly string[]): void {
    const last = cells.length - 1;
    let text = '';
    for (let index = 0; index < last; index++) {
      const width = this.#widths[index];
      const cell = cells[index];
      text += `${this.#headings[index].align === 'right' ? cell.padStart(width) : cell.padEnd(width)}  `;
    }
    const cell = cells[last];
    text += this.#headings[last].align === 'right' ? cell.padStart(this.#widths[last]) : cell;
    this.#out.write(`${text}\n`);
  }
}

const FLOW_HEADINGS: readonly TableHeading[] = [
  { title: 'START (UTC)', align: 'left' },
  { title: 'DURATION', align: 'right' },
  { title: 'PROTO', align: 'left' },
  { title: 'SOURCE', align: 'left' },
  { title: 'DESTINATION', align: 'left' },
  { title: 'PACKETS', align: 'right' },
  { title: 'OCTETS', align: 'right' },
  { title: 'R-PACKETS', align: 'right' },
  { title: 'R-OCTETS', align: 'right' },
  { title: 'FLAGS', align: 'left' },
  { title: 'R-FLAGS', align: 'left' },
  { title: 'END', align: 'left' },
];

/** The table for people: one row a flow, both directions side by side. Records without addresses are left out. */
export class FlowTablePrinter implements RecordPrinter {
  readonly #layout: TableLayout;
  readonly #flow = new FlowView();
  readonly #cells: string[] = FLOW_HEADINGS.map(() => '');

  constructor(out: TextBuffer) {
    this.#layout = new TableLayout(FLOW_HEADINGS, out);
  }

  flow(record: DataRecord): boolean {
    const flow = this.#flow;
    if (!flow.load(record)) return false;
    const cells = this.#cells;
    const { protocol, durationSeconds } = flow;
    cells[0] = flow.hasStart ? timeText(flow.start, 3, ' ', '') : '';
    cells[1] = durationSeconds < 0 ? '' : secondsText(Math.round(durationSeconds * 1000));
    cells[2] = protocolCell(flow);
    cells[3] = endpoint(flow, flow.sourceAddress, flow.sourcePort);
    cells[4] = endpoint(flow, flow.destinationAddress, flow.destinationPort);
    cells[5] = countCell(flow.packets);
    cells[6] = countCell(flow.octets);
    cells[7] = countCell(flow.reversePackets);
    cells[8] = countCell(flow.reverseOctets);
    cells[9] = protocol === 6 ? flagsCell(flow.initialFlags, flow.unionFlags) : '';
    cells[10] = protocol === 6 ? flagsCell(flow.reverseInitialFlags, flow.reverseUnionFlags) : '';
    cells[11] = endReasonWord(flow.endReason);
    this.#layout.row(cells);
    return true;
  }

  options(record: DataRecord): void {
    this.#layout.line(optionsLine(record));
  }

  end(): void {
    this.#layout.end();
  }
}

/** A table of the columns that were asked for. */
export class ColumnTablePrinter implements RecordPrinter {
  readonly #columns: readonly Column[];
  readonly #layout: TableLayout;
  readonly #flow = new FlowView();

  constructor(columns: readonly Column[], out: TextBuffer) {
    this.#columns = columns;
    const headings = columns.map(({ name, align }) => ({ title: name, align }));
    this.#layout = new TableLayout(headings, out);
  }

  flow(record: DataRecord): boolean {
    this.#flow.load(record);
    this.#layout.row(this.#columns.map((column) => column.text(record, this.#flow)));
    return true;
  }

  options(record: DataRecord): void {
    this.#layout.line(optionsLine(record));
  }

  end(): void {
    this.#layout.end();
  }
}

function optionsLine(record: DataRecord): string {
  const { octets, template, spans, context } = record;
  return `# options ${template.id} ${recordJson(octets, template, spans, context)}`;
}

function protocolCell(flow: FlowView): string {
  if (flow.protocol < 0) return '';
  const name = protocolName(flow.protocol);
  if (!flow.isIcmp || flow.destinationPort < 0) return name;
  return `${name} ${flow.destinationPort >>> 8}/${flow.destinationPort & 0xff}`;
}

function endpoint(flow: FlowView, address: string, port: number): string {
  if (port < 0 || flow.isIcmp || (port === 0 && !hasPorts(flow.protocol))) return address;
  return flow.version === 6 && address !== '' ? `[${address}]:${port}` : `${address}:${port}`;
}

function countCell(value: number): string {
  return value < 0 ? '' : String(value);
}

/** `S/APF`: flags of the first packet, flags of the rest; one part when the record has only one. */
function flagsCell(initial: number, union: number): string {
  if (initial < 0) return flagLetters(union);
  return union < 0 ? flagLetters(initial) : `${flagLetters(initial)}/${flagLetters(union)}`;
}
