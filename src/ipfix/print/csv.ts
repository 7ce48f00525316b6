import type { DataRecord } from '../data-record.js';
import type { Column } from './column.js';
import { FlowView } from './flow-view.js';
import type { RecordPrinter, TextBuffer } from './printer.js';

/** Comma-separated values with a line of names (RFC 4180, lines end with LF). */
export class CsvPrinter implements RecordPrinter {
  readonly #out: TextBuffer;
  readonly #columns: readonly Column[];
  readonly #flow = new FlowView();

  constructor(columns: readonly Column[], out: TextBuffer) {
    this.#out = out;
    this.#columns = columns;
    out.write(`${columns.map(({ name }) => csvCell(name)).join(',')}\n`);
  }

  flow(record: DataRecord): boolean {
    const flow = this.#flow;
    flow.load(record);
    let text = '';
    this.#columns.forEach((column, index) => {
      text += `${index === 0 ? '' : ','}${csvCell(column.text(record, flow))}`;
    });
    this.#out.write(`${text}\n`);
    return true;
  }

  options(): void {
    // options records have other columns: the command refuses to ask for them
  }

  end(): void {
    // every line is written at once
  }
}

/** RFC 4180 §2: quoted when it holds a comma, a quote or a line break. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
