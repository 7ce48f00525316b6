import type { ClosedFlows } from '../flow/closed-flows.js';
import type { ExportField } from './flow-fields.js';
import { IpfixEncoder } from './ipfix-encoder.js';
import { type MessageOptions, MessageWriter } from './message-writer.js';
import type { RecordEncoder } from './record-encoder.js';
import type { OctetSink } from './sink.js';
import { type ExporterIdentity, exporterIdentity } from './options-record.js';
import { writeOptionsRecords, writeOptionsTemplates } from './options-records.js';
import type { ExportStatistics } from './statistics-record.js';

export interface IpfixFileOptions extends MessageOptions {
  readonly uniflow?: boolean;
  /** Default: this process, and no address. */
  readonly exporter?: Omit<ExporterIdentity, 'observationDomainId'>;
  /** Flow records that the output has written to earlier files. Default: 0. */
  readonly recordsBefore?: number;
}

/** An IPFIX file (RFC 5655): Templates where they are first needed, flow records, and the statistics at the end. */
export class IpfixFile implements RecordEncoder {
  readonly hasMessages = true;
  readonly #message: MessageWriter;
  readonly #encoder: IpfixEncoder;
  readonly #exporter: ExporterIdentity;
  readonly #recordsBefore: number;
  #hasOptionsTemplates = false;

  /** Throws a RangeError when an option is outside its range. */
  constructor(table: readonly ExportField[], options: IpfixFileOptions, sink: OctetSink) {
    const { exporter, uniflow = false, observationDomainId = 0, recordsBefore = 0 } = options;
    this.#recordsBefore = recordsBefore;
    this.#message = new MessageWriter(options, sink);
    this.#encoder = new IpfixEncoder(table, uniflow, this.#message);
    this.#exporter = exporterIdentity(observationDomainId, exporter);
  }

  get records(): number {
    return this.#encoder.records;
  }

  write(closed: ClosedFlows): void {
    this.#encoder.encode(closed);
  }

  flush(): void {
    this.#message.finishMessage();
  }

  statistics(statistics: ExportStatistics): void {
    if (!this.#hasOptionsTemplates) writeOptionsTemplates(this.#message);
    this.#hasOptionsTemplates = true;
    const exportedRecords = this.#recordsBefore + this.records;
    writeOptionsRecords(this.#message, { exporter: this.#exporter, statistics, exportedRecords });
  }

  finish(statistics: ExportStatistics | null): void {
    if (statistics !== null) this.statistics(statistics);
    this.flush();
  }
}
