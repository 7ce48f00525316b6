import type { ClosedFlows } from '../../flow/closed-flows.js';
import { Present } from '../../flow/flow-field.js';
import { InformationModel } from '../../ipfix/information-model.js';
import { ExporterUptime } from './exporter-uptime.js';
import type { ExportField } from '../fields/export-field.js';
import { IpfixEncoder } from '../ipfix/ipfix-encoder.js';
import type { MessageEncoder, MessageSink, MessageTotals, SequenceRule } from '../message-encoder.js';
import { MessageWriter } from '../ipfix/message-writer.js';
import type { ExporterKnowledge } from '../options/options-record.js';
import type { ExportStatistics } from '../options/statistics-record.js';
import { netflow9Fields } from './netflow9-fields.js';
import { netflow9Format } from './netflow9-format.js';
import { writeNetflow9Names, writeNetflow9OptionsTemplates, writeNetflow9Totals } from './netflow9-options.js';

/** What a datagram carries over most paths. */
export const NETFLOW_MESSAGE_OCTETS = 1400;

export interface NetflowOptions {
  /** Source id of v9, 0 to 2^32 - 1; v5 has its lower half as engine type and id. Default: 0. */
  readonly observationDomainId?: number;
  /** Bound of a message's length. Default: 1400. */
  readonly maxMessageOctets?: number;
  /** ms since 1970. Default: the wall clock. */
  readonly clock?: () => number;
  /** What records may name, asked whenever Templates are announced; only v9 tells names. */
  readonly knowledge?: ExporterKnowledge;
}

/**
 * NetFlow v9 (RFC 3954): always uniflows, a biflow becomes two records. Templates, flows and options each have messages of
 * their own.
 */
export class Netflow9Messages implements MessageEncoder {
  /** Every flow can be told, if not all that is known of it. */
  readonly unsupported = 0;
  readonly sequence: SequenceRule;
  readonly #uptime: ExporterUptime;
  readonly #message: MessageWriter;
  readonly #encoder: IpfixEncoder;
  readonly #sourceId: number;
  readonly #knowledge: ExporterKnowledge;

  /** Throws a RangeError when an option is outside its range. */
  constructor(table: readonly ExportField[], options: NetflowOptions, sink: MessageSink) {
    const { observationDomainId = 0, maxMessageOctets = NETFLOW_MESSAGE_OCTETS, clock } = options;
    const uptime = new ExporterUptime(clock);
    const format = netflow9Format(uptime);
    this.#message = new MessageWriter(
      { observationDomainId, maxMessageOctets, format, isSeparate: true, clock: () => uptime.exportTimeMs() },
      sink,
    );
    const fields = netflow9Fields(table, new InformationModel());
    if (!fields.some(({ when = Present.Always }) => when === Present.Always)) {
      const asked = table.map(({ element }) => element);
      throw new RangeError(`NetFlow v9 has no field type that is in every record for any of ${asked.join(', ')}`);
    }
    this.#encoder = new IpfixEncoder(fields, true, this.#message);
    this.#uptime = uptime;
    this.#sourceId = observationDomainId;
    this.#knowledge = options.knowledge ?? {};
    this.sequence = format.sequence;
  }

  get records(): number {
    return this.#encoder.records;
  }

  /** Flows longer than the 49 days that sysUptime can tell, whose start was moved. */
  get cut(): number {
    return this.#uptime.cut;
  }

  write(closed: ClosedFlows): void {
    const encoder = this.#encoder;
    const uptime = this.#uptime;
    for (let from = 0; from < closed.count;) {
      let to = uptime.take(closed, from);
      if (to === from) {
        this.flush();
        to = uptime.restart(closed, from);
      }
      encoder.epochMs = uptime.epochMs;
      encoder.encode(closed, from, to);
      from = to;
    }
  }

  flush(): void {
    this.#message.finishMessage();
  }

  /** Names come with the Templates: sequence numbers count messages, so that nobody takes them for flows. */
  announce(): void {
    this.flush();
    this.#uptime.renew();
    this.#encoder.announce();
    this.flush();
    writeNetflow9OptionsTemplates(this.#message);
    const { interfaces, applications } = this.#knowledge;
    const names = { interfaces: interfaces?.() ?? [], applications: applications?.() ?? [] };
    writeNetflow9Names(this.#message, this.#sourceId, names);
    this.flush();
  }

  options(_statistics: ExportStatistics, { octets, messages }: MessageTotals): void {
    this.flush();
    this.#uptime.renew();
    writeNetflow9Totals(this.#message, this.#sourceId, { octets, messages, flows: this.records });
    this.flush();
  }
}
