import type { DataRecord } from '../data-record.js';
import { printableText, timeText } from '../value-text.js';
import { FlowView } from './flow-view.js';
import type { RecordPrinter, TextBuffer } from './printer.js';
import { TableLayout } from './table.js';
import {
  COMMON_COLUMNS,
  type Transaction,
  TRANSACTION_COLUMNS,
  type TransactionKind,
  transactionsOf,
} from './transactions.js';

/** Ports below are those of servers. */
const FIRST_CLIENT_PORT = 1024;
const RIGHT_ALIGNED: ReadonlySet<string> = new Set(['port', 'id', 'latency', 'status', 'length']);

/** The columns that `--fields` may choose from. */
export function transactionColumns(kind: TransactionKind): readonly string[] {
  return [...COMMON_COLUMNS, ...TRANSACTION_COLUMNS[kind]];
}

/** A line for each query, handshake or request of a record. Records without any are left out. */
export class TransactionPrinter implements RecordPrinter {
  readonly #kind: TransactionKind;
  readonly #columns: readonly string[];
  readonly #layout: TableLayout;
  readonly #flow = new FlowView();

  constructor(kind: TransactionKind, columns: readonly string[] | null, out: TextBuffer) {
    this.#kind = kind;
    this.#columns = columns ?? transactionColumns(kind);
    const headings = this.#columns.map((name) => ({
      title: name.toUpperCase(),
      align: RIGHT_ALIGNED.has(name) ? ('right' as const) : ('left' as const),
    }));
    this.#layout = new TableLayout(headings, out);
  }

  flow(record: DataRecord): boolean {
    const flow = this.#flow;
    if (!flow.load(record)) return false;
    const transactions = transactionsOf(this.#kind, record.object);
    const common = this.#commonCells();
    for (const transaction of transactions) {
      this.#layout.row(this.#columns.map((name) => printableText(cell(name, transaction, common))));
    }
    return transactions.length > 0;
  }

  options(): void {
    // options records have no transactions: the command refuses to ask for them
  }

  end(): void {
    this.#layout.end();
  }

  /** The client is who began, unless the ports say otherwise: a capture may begin with an answer. */
  #commonCells(): Transaction {
    const flow = this.#flow;
    const isTurned = flow.sourcePort < FIRST_CLIENT_PORT && flow.destinationPort >= FIRST_CLIENT_PORT;
    const [client, server] = isTurned
      ? [flow.destinationAddress, flow.sourceAddress]
      : [flow.sourceAddress, flow.destinationAddress];
    const port = isTurned ? flow.sourcePort : flow.destinationPort;
    return {
      time: flow.hasStart ? timeText(flow.start, 3, ' ', '') : '',
      client,
      server,
      port: port < 0 ? '' : String(port),
    };
  }
}

/** Times of their own are shown as those of records are. */
function cell(name: string, transaction: Transaction, common: Transaction): string {
  const own = transaction[name] ?? '';
  if (name === 'time' && own !== '') return own.replace('T', ' ').replace('Z', '');
  return own === '' ? (common[name] ?? '') : own;
}
