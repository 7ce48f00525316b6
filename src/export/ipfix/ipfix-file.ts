import type { ClosedFlows } from '../../flow/closed-flows.js';
import type { ExportField } from '../fields/export-field.js';
import { IpfixEncoder } from './ipfix-encoder.js';
import { type MessageOptions, MessageWriter } from './message-writer.js';
import type { SelfDescription, SentCounts } from '../options/options-record.js';
import { OptionsWriter } from '../options/options-records.js';
import type { RecordEncoder } from '../record-encoder.js';
import type { OctetSink } from '../file/sink.js';
import type { ExportStatistics } from '../options/statistics-record.js';

export interface IpfixFileOptions extends MessageOptions, SelfDescription {
  readonly uniflow?: boolean;
  /** Flow records that the output has written to earlier files. Default: 0. */
  readonly recordsBefore?: number;
}

/**
 * An IPFIX file (RFC 5655): what is known of the exporter, Templates where they are first needed, flow records, and at the end
 * what became known since, and the statistics.
 */
export class IpfixFile implements RecordEncoder {
  readonly hasMessages = true;
  readonly #message: MessageWriter;
  readonly #encoder: IpfixEncoder;
  readonly #options: OptionsWriter;
  readonly #recordsBefore: number;
  #isBegun = false;

  /** Throws a RangeError when an option is outside its range. */
  constructor(table: readonly ExportField[], options: IpfixFileOptions, sink: OctetSink) {
    const { uniflow = false, observationDomainId = 0, recordsBefore = 0 } = options;
    this.#recordsBefore = recordsBefore;
    this.#message = new MessageWriter(options, sink);
    this.#encoder = new IpfixEncoder(table, uniflow, this.#message);
    this.#options = new OptionsWriter(table, this.#message, observationDomainId, options);
  }

  get records(): number {
    return this.#encoder.records;
  }

  get shortened(): number {
    return this.#encoder.shortened;
  }

  write(closed: ClosedFlows): void {
    this.#begin();
    this.#encoder.encode(closed);
  }

  flush(): void {
    this.#message.finishMessage();
  }

  statistics(statistics: ExportStatistics): void {
    this.#begin();
    this.#options.records(['statistics'], this.#sent, statistics);
  }

  finish(statistics: ExportStatistics | null): void {
    this.#begin();
    this.#options.records(['growing', 'statistics'], this.#sent, statistics);
    this.flush();
  }

  get #sent(): SentCounts {
    const { messages, sentOctets } = this.#message;
    return { flowRecords: this.#recordsBefore + this.records, messages, octets: sentOctets };
  }

  #begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.#options.templates();
    this.#options.records(['constant', 'growing'], this.#sent);
  }
}
