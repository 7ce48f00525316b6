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
}

/** An IPFIX file (RFC 5655): Templates where they are first needed, flow records, and the statistics at the end. */
export class IpfixFile implements RecordEncoder {
  readonly hasMessages = true;
  readonly #message: MessageWriter;
  readonly #encoder: IpfixEncoder;
  readonly #exporter: ExporterIdentity;
  #hasOptionsTemplates = false;

  /** Throws a RangeError when an option is outside its range. */
  constructor(table: readonly ExportField[], options: IpfixFileOptions, sink: OctetSink) {
    const { exporter, uniflow = false, observationDomainId = 0 } = options;
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
    writeOptionsRecords(this.#message, { exporter: this.#exporter, statistics, exportedRecords: this.records });
  }

  finish(statistics: ExportStatistics): void {
    this.statistics(statistics);
    this.flush();
  }
}
