import type { ClosedFlows } from '../../flow/closed-flows.js';
import { MESSAGE_SEQUENCE } from '../../ipfix/message-layout.js';
import type { ExportField } from '../fields/export-field.js';
import { IpfixEncoder } from './ipfix-encoder.js';
import type { MessageEncoder, MessageSink, SequenceRule } from '../message-encoder.js';
import { type MessageOptions, MessageWriter } from './message-writer.js';
import type { SelfDescription } from '../options/options-record.js';
import { OptionsWriter } from '../options/options-records.js';
import type { ExportStatistics } from '../options/statistics-record.js';

export interface IpfixMessagesOptions extends Omit<MessageOptions, 'isSeparate'>, SelfDescription {
  readonly uniflow?: boolean;
}

/** IPFIX over the network (RFC 7011 §10): Templates, Data and Options each in messages of their own. */
export class IpfixMessages implements MessageEncoder {
  readonly unsupported = 0;
  readonly sequence: SequenceRule = { offset: MESSAGE_SEQUENCE, unit: 'records' };
  readonly #message: MessageWriter;
  readonly #encoder: IpfixEncoder;
  readonly #options: OptionsWriter;
  #isIntroduced = false;

  /** Throws a RangeError when an option is outside its range. */
  constructor(table: readonly ExportField[], options: IpfixMessagesOptions, sink: MessageSink) {
    const { uniflow = false, observationDomainId = 0 } = options;
    this.#message = new MessageWriter({ ...options, isSeparate: true }, sink);
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
    this.#encoder.encode(closed);
  }

  flush(): void {
    this.#message.finishMessage();
  }

  announce(): void {
    this.flush();
    this.#encoder.announce();
    this.#options.templates();
    this.flush();
    // Only in front of all flows: nfcapd takes records of options between them for lost flows.
    if (this.#isIntroduced) return;
    this.#isIntroduced = true;
    this.#options.records(['constant', 'growing'], this.records);
    this.flush();
  }

  options(statistics: ExportStatistics): void {
    this.#options.records(['constant', 'growing', 'statistics'], this.records, statistics);
    this.flush();
  }
}
