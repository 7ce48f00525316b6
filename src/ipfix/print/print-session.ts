import { DataRecord } from '../data-record.js';
import type { InformationModel } from '../information-model.js';
import type { MessageHandler, ReaderProblem } from '../message-reader.js';
import type { Column } from './column.js';
import { columnOf, CSV_FIELDS, similarNames } from './columns.js';
import { CsvPrinter } from './csv.js';
import { JsonPrinter } from './json.js';
import { TextBuffer, type RecordPrinter } from './printer.js';
import { parseSortField, RecordSorter } from './record-sorter.js';
import { SilkPrinter } from './silk.js';
import { ColumnTablePrinter, FlowTablePrinter } from './table.js';
import { TransactionPrinter, transactionColumns } from './transaction-table.js';
import { TRANSACTION_KINDS, type TransactionKind } from './transactions.js';

export const PRINT_FORMATS = ['table', 'json', 'csv', 'silk', ...TRANSACTION_KINDS] as const;
export type PrintFormat = (typeof PRINT_FORMATS)[number];

export interface PrintSettings {
  readonly format: PrintFormat;
  /** Names of `columnOf`; null for the format's own choice. */
  readonly fields: readonly string[] | null;
  /** `FIELD` or `-FIELD`; null for the order of the input. */
  readonly sort: string | null;
  /** Flow records to print at most; null for all. */
  readonly limit: number | null;
  /** Show options records too. */
  readonly options: boolean;
}

/** Octets of text that are held before the caller is asked to take it. */
const TAKE_OCTETS = 1_048_576;

/** Why the settings cannot be followed, in words for the person who wrote them; null when they can. */
export function printSettingsFault(settings: PrintSettings, model: InformationModel): string | null {
  const { format, fields, sort, options } = settings;
  if (fields !== null && format === 'silk') return '--format silk has fixed columns: leave out --fields';
  if (options && format !== 'table' && format !== 'json')
    return `--format ${format} cannot show options records: use --format table or json`;
  if (fields?.length === 0) return '--fields: expected names separated by commas';
  for (const name of fields ?? []) {
    if (isTransactionKind(format)) {
      const known = transactionColumns(format);
      if (!known.includes(name))
        return `--fields: --format ${format} has no column '${name}', only ${known.join(', ')}`;
    } else if (columnOf(name, model) === undefined) return unknownField('--fields', name, model);
  }
  if (sort === null) return null;
  const { name } = parseSortField(sort);
  return columnOf(name, model) === undefined ? unknownField('--sort', name, model) : null;
}

function isTransactionKind(format: PrintFormat): format is TransactionKind {
  return (TRANSACTION_KINDS as readonly string[]).includes(format);
}

function unknownField(option: string, name: string, model: InformationModel): string {
  const similar = similarNames(name, model);
  const hint =
    similar.length > 0 ? `did you mean ${similar.join(', ')}?` : 'expected an element name, a short name or pen/id';
  return `${option}: no field '${name}'; ${hint}`;
}

/** Takes in the records of one or more readers and makes text of them, as the settings say. */
export class PrintSession implements MessageHandler {
  readonly out = new TextBuffer();
  /** Records that the format has no way to show; not those without what it looks for. */
  leftOut = 0;
  #printed = 0;
  readonly #settings: PrintSettings;
  readonly #printer: RecordPrinter;
  readonly #sorter: RecordSorter | null;
  readonly #onProblem: (problem: ReaderProblem) => void;

  /** `settings` must have passed `printSettingsFault`. */
  constructor(settings: PrintSettings, model: InformationModel, onProblem: (problem: ReaderProblem) => void) {
    this.#settings = settings;
    this.#onProblem = onProblem;
    this.#printer = createPrinter(settings, model, this.out);
    this.#sorter = createSorter(settings, model);
  }

  /** No further record will be printed. */
  get isDone(): boolean {
    return this.#sorter === null && this.#settings.limit !== null && this.#printed >= this.#settings.limit;
  }

  /** Sorting ran out of memory: records are missing. */
  get isSortingFull(): boolean {
    return this.#sorter?.isFull ?? false;
  }

  record(record: DataRecord): void {
    if (this.isDone) return;
    if (record.template.isOptions) {
      if (this.#settings.options) this.#printer.options(record);
      return;
    }
    if (this.#sorter === null) this.#print(record);
    else if (!this.#sorter.add(record)) this.leftOut++;
  }

  problem(problem: ReaderProblem): void {
    this.#onProblem(problem);
  }

  /** Prints what sorting held back, in pieces; the caller takes `out` after each. */
  *finish(): Generator<void> {
    if (this.#sorter !== null) {
      let record: DataRecord | null = null;
      for (const stored of this.#sorter.sorted()) {
        record ??= new DataRecord(stored.template, stored.context, stored.octets);
        record.load(stored);
        this.#print(record);
        if (this.out.length >= TAKE_OCTETS) yield;
      }
    }
    this.#printer.end();
    yield;
  }

  #print(record: DataRecord): void {
    if (this.#printer.flow(record)) this.#printed++;
    else if (!isTransactionKind(this.#settings.format)) this.leftOut++;
  }
}

function chosenColumns(names: readonly string[], model: InformationModel): Column[] {
  return names.map((name) => columnOf(name, model)).filter((column) => column !== undefined);
}

function createPrinter({ format, fields }: PrintSettings, model: InformationModel, out: TextBuffer): RecordPrinter {
  if (isTransactionKind(format)) return new TransactionPrinter(format, fields, out);
  const columns = fields === null ? null : chosenColumns(fields, model);
  switch (format) {
    case 'table':
      return columns === null ? new FlowTablePrinter(out) : new ColumnTablePrinter(columns, out);
    case 'json':
      return new JsonPrinter(columns, out);
    case 'csv':
      return new CsvPrinter(columns ?? chosenColumns(CSV_FIELDS, model), out);
    case 'silk':
      return new SilkPrinter(out);
  }
}

function createSorter({ format, fields, sort, limit }: PrintSettings, model: InformationModel): RecordSorter | null {
  if (sort === null) return null;
  const { name, isDescending } = parseSortField(sort);
  const column = columnOf(name, model);
  if (column === undefined) return null;
  const flowsOnly = format === 'silk' || isTransactionKind(format) || (format === 'table' && fields === null);
  return new RecordSorter(column, isDescending, limit, flowsOnly);
}
