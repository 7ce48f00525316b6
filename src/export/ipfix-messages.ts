import type { ClosedFlows } from '../flow/closed-flows.js';
import { MESSAGE_SEQUENCE } from '../ipfix/message-layout.js';
import type { ExportField } from './flow-fields.js';
import { IpfixEncoder } from './ipfix-encoder.js';
import type { MessageEncoder, MessageSink, SequenceRule } from './message-encoder.js';
import { type MessageOptions, MessageWriter } from './message-writer.js';
import { type ExporterIdentity, exporterIdentity } from './options-record.js';
import { writeOptionsRecords, writeOptionsTemplates } from './options-records.js';
import type { ExportStatistics } from './statistics-record.js';

export interface IpfixMessagesOptions extends Omit<MessageOptions, 'isSeparate'> {
  readonly uniflow?: boolean;
  /** Default: this process, and no address. */
  readonly exporter?: Omit<ExporterIdentity, 'observationDomainId'>;
}

/** IPFIX over the network (RFC 7011 §10): Templates, Data and Options each in messages of their own. */
export class IpfixMessages implements MessageEncoder {
  readonly unsupported = 0;
  readonly sequence: SequenceRule = { offset: MESSAGE_SEQUENCE, unit: 'records' };
  readonly #message: MessageWriter;
  readonly #encoder: IpfixEncoder;
  readonly #exporter: ExporterIdentity;

  /** Throws a RangeError when an option is outside its range. */
  constructor(table: readonly ExportField[], options: IpfixMessagesOptions, sink: MessageSink) {
    const { exporter, uniflow = false, observationDomainId = 0 } = options;
    this.#message = new MessageWriter({ ...options, isSeparate: true }, sink);
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

  announce(): void {
    this.flush();
    this.#encoder.announce();
    writeOptionsTemplates(this.#message);
    this.flush();
  }

  options(statistics: ExportStatistics): void {
    writeOptionsRecords(this.#message, { exporter: this.#exporter, statistics, exportedRecords: this.records });
    this.flush();
  }
}
