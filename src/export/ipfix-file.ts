import type { ClosedFlows } from '../flow/closed-flows.js';
import type { ExportField } from './export-field.js';
import { IpfixEncoder } from './ipfix-encoder.js';
import { type MessageOptions, MessageWriter } from './message-writer.js';
import type { RecordEncoder } from './output.js';
import type { OctetSink } from './sink.js';
import { type ExporterIdentity, type ExportStatistics, writeStatistics } from './statistics-record.js';

export interface IpfixFileOptions extends MessageOptions {
  readonly uniflow?: boolean;
  /** Default: this process, and no address. */
  readonly exporter?: Omit<ExporterIdentity, 'observationDomainId'>;
}

/** An IPFIX file (RFC 5655): Templates where they are first needed, flow records, and the statistics at the end. */
export class IpfixFile implements RecordEncoder {
  readonly #message: MessageWriter;
  readonly #encoder: IpfixEncoder;
  readonly #exporter: ExporterIdentity;

  /** Throws a RangeError when an option is outside its range. */
  constructor(table: readonly ExportField[], options: IpfixFileOptions, sink: OctetSink) {
    const { exporter, uniflow = false, observationDomainId = 0 } = options;
    this.#message = new MessageWriter(options, sink);
    this.#encoder = new IpfixEncoder(table, uniflow, this.#message);
    this.#exporter = {
      exportingProcessId: exporter?.exportingProcessId ?? process.pid,
      exporterIPv4Address: exporter?.exporterIPv4Address ?? '0.0.0.0',
      observationDomainId,
    };
  }

  get records(): number {
    return this.#encoder.records;
  }

  write(closed: ClosedFlows): void {
    this.#encoder.encode(closed);
  }

  finish(statistics: ExportStatistics): void {
    writeStatistics(this.#message, this.#exporter, statistics, this.records);
    this.#message.finishMessage();
  }
}
