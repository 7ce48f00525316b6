import type { ClosedFlows } from '../../flow/closed-flows.js';
import type { ExportField } from '../fields/export-field.js';
import { IpfixEncoder } from './ipfix-encoder.js';
import type { MessageEncoder, MessageSink, MessageTotals, SequenceRule } from '../message-encoder.js';
import { IPFIX_FORMAT } from './message-format.js';
import { type MessageOptions, MessageWriter } from './message-writer.js';
import type { SelfDescription } from '../options/options-record.js';
import { OptionsWriter } from '../options/options-records.js';
import type { ExportStatistics } from '../options/statistics-record.js';

export interface IpfixMessagesOptions extends Omit<MessageOptions, 'isSeparate'>, SelfDescription {
  readonly uniflow?: boolean;
  /** Observation Domain of the options records between flows. Default: that of the flows. */
  readonly optionsDomainId?: number;
}

/** IPFIX over the network (RFC 7011 §10): Templates, Data and Options each in messages of their own. */
export class IpfixMessages implements MessageEncoder {
  readonly unsupported = 0;
  readonly sequence: SequenceRule = IPFIX_FORMAT.sequence;
  readonly #message: MessageWriter;
  readonly #encoder: IpfixEncoder;
  /** In front of all flows, and between them. */
  readonly #introduction: OptionsWriter;
  readonly #options: OptionsWriter;

  /** Throws a RangeError when an option is outside its range. */
  constructor(table: readonly ExportField[], options: IpfixMessagesOptions, sink: MessageSink) {
    const { uniflow = false, observationDomainId = 0, optionsDomainId = observationDomainId } = options;
    this.#message = new MessageWriter({ ...options, isSeparate: true }, sink);
    this.#encoder = new IpfixEncoder(table, uniflow, this.#message);
    this.#introduction = new OptionsWriter(table, this.#message, observationDomainId, options);
    this.#options = this.#introduction;
    if (optionsDomainId !== observationDomainId) {
      const message = new MessageWriter({ ...options, observationDomainId: optionsDomainId, isSeparate: true }, sink);
      this.#options = new OptionsWriter(table, message, observationDomainId, options);
    }
  }

  get records(): number {
    return this.#encoder.records;
  }

  get shortened(): number {
    return this.#encoder.shortened;
  }

  write(closed: ClosedFlows): void {
    this.#encoder.encode(closed);
  }

  flush(): void {
    this.#message.finishMessage();
  }

  announce(isSessionStart: boolean): void {
    const isApart = this.#options !== this.#introduction;
    this.flush();
    this.#encoder.announce();
    // Of options in a domain of their own the flows' domain has no more records.
    if (isSessionStart || !isApart) this.#introduction.templates();
    this.flush();
    if (isApart) {
      this.#options.templates();
      this.#options.flush();
    }
    if (!isSessionStart) return;
    this.#introduction.records(['constant', 'growing'], { flowRecords: this.records, messages: 0, octets: 0 });
    this.flush();
  }

  options(statistics: ExportStatistics, sent: MessageTotals): void {
    this.flush();
    this.#options.records(['constant', 'growing', 'statistics'], { ...sent, flowRecords: this.records }, statistics);
    this.#options.flush();
  }
}
