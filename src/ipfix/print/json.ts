import type { DataRecord } from '../data-record.js';
import { jsonText } from '../value-text.js';
import type { Column } from './column.js';
import { FlowView } from './flow-view.js';
import type { RecordPrinter, TextBuffer } from './printer.js';

/**
 * One JSON object a line: every field of the record under its element's name, or the columns that were asked for.
 * An options record is the one member `options` of its line.
 */
export class JsonPrinter implements RecordPrinter {
  readonly #out: TextBuffer;
  readonly #columns: readonly (readonly [key: string, column: Column])[] | null;
  readonly #flow = new FlowView();

  constructor(columns: readonly Column[] | null, out: TextBuffer) {
    this.#out = out;
    this.#columns = columns?.map((column) => [`${jsonText(column.name)}:`, column] as const) ?? null;
  }

  flow(record: DataRecord): boolean {
    this.#out.write(`${this.#columns === null ? record.text : this.#chosen(record, this.#columns)}\n`);
    return true;
  }

  options(record: DataRecord): void {
    this.#out.write(`{"options":${record.text}}\n`);
  }

  end(): void {
    // every line is written at once
  }

  #chosen(record: DataRecord, columns: readonly (readonly [key: string, column: Column])[]): string {
    const flow = this.#flow;
    flow.load(record);
    let text = '';
    for (const [key, column] of columns) text += `${text === '' ? '' : ','}${key}${column.json(record, flow)}`;
    return `{${text}}`;
  }
}
