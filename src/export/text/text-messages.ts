import type { ClosedFlows } from '../../flow/closed-flows.js';
import type { ExportField } from '../fields/export-field.js';
import { MessageKind, type MessageEncoder, type MessageSink } from '../message-encoder.js';
import { RecordText } from './record-text.js';
import { syslogHeader, type SyslogSender } from './syslog-header.js';
import { writeDecimal } from './text-octets.js';
import type { TextStyle } from './text-style.js';

/**
 * How lines become messages: `lines`, several in one message, each with its line feed; `syslog`, one line a message, as a
 * datagram carries it (RFC 5426 §3.1); `syslog-stream`, several in one message, each with its length in front (RFC 6587 §3.4.1).
 */
export type TextFraming = 'lines' | 'syslog' | 'syslog-stream';

export interface TextMessagesOptions {
  readonly uniflow?: boolean;
  /** Default: lines. */
  readonly framing?: TextFraming;
  /** Bound of a message's length; a line that is longer is a message of its own. Default: 65,535. */
  readonly maxMessageOctets?: number;
  /** Time in syslog headers, ms since 1970. Default: the wall clock. */
  readonly clock?: () => number;
  readonly sender?: SyslogSender;
}

const DEFAULT_MESSAGE_OCTETS = 65_535;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
/** Room for the length in front of a message. */
const COUNT_OCTETS = 8;

/** Flow records as lines of text over the network, `records` of a message being its lines. There are no Templates and no options. */
export class TextMessages implements MessageEncoder {
  readonly unsupported = 0;
  readonly sequence = null;
  readonly #text: RecordText;
  readonly #sink: MessageSink;
  readonly #framing: TextFraming;
  readonly #limit: number;
  readonly #clock: () => number;
  readonly #sender: SyslogSender;
  /** Messages that are made anew, because lines alone are not what is sent. */
  #octets = Buffer.alloc(DEFAULT_MESSAGE_OCTETS);
  #at = 0;
  #lines = 0;

  constructor(table: readonly ExportField[], style: TextStyle, options: TextMessagesOptions, sink: MessageSink) {
    const { uniflow = false, framing = 'lines', maxMessageOctets = DEFAULT_MESSAGE_OCTETS } = options;
    // Lines of one message do not tell where another one began, so there is no head.
    this.#text = new RecordText(table, uniflow, { ...style, head: () => '' }, (octets, from, to) => {
      if (framing === 'lines') this.#sendLines(octets, from, to);
      else this.#sendSyslog(octets, from, to);
    });
    this.#sink = sink;
    this.#framing = framing;
    this.#limit = maxMessageOctets;
    this.#clock = options.clock ?? Date.now;
    this.#sender = options.sender ?? {};
  }

  get records(): number {
    return this.#text.records;
  }

  write(closed: ClosedFlows): void {
    this.#text.write(closed);
  }

  flush(): void {
    this.#text.flush();
    this.#finishMessage();
  }

  announce(): void {
    // Lines of text explain themselves.
  }

  options(): void {
    // A line is a flow record; what the exporter tells about itself has none.
  }

  /** Hands over whole lines, as many in one message as fit. */
  #sendLines(octets: Uint8Array, from: number, to: number): void {
    let start = from;
    let lines = 0;
    let at = from;
    while (at < to) {
      const end = octets.indexOf(LINE_FEED, at) + 1;
      if (end - start > this.#limit && lines > 0) {
        this.#sink(octets, start, at, lines, MessageKind.Data);
        start = at;
        lines = 0;
      }
      lines++;
      at = end;
    }
    if (lines > 0) this.#sink(octets, start, to, lines, MessageKind.Data);
  }

  #sendSyslog(octets: Uint8Array, from: number, to: number): void {
    // One header serves for all lines that are handed over together.
    const header = Buffer.from(syslogHeader(this.#clock(), this.#sender), 'latin1');
    const isStream = this.#framing === 'syslog-stream';
    for (let at = from; at < to;) {
      const end = octets.indexOf(LINE_FEED, at);
      const length = header.length + end - at;
      if (this.#lines > 0 && (!isStream || this.#at + COUNT_OCTETS + length > this.#limit)) this.#finishMessage();
      this.#requireRoom(COUNT_OCTETS + length);
      if (isStream) {
        this.#at = writeDecimal(this.#octets, this.#at, length);
        this.#octets[this.#at++] = SPACE;
      }
      this.#octets.set(header, this.#at);
      this.#octets.set(octets.subarray(at, end), this.#at + header.length);
      this.#at += length;
      this.#lines++;
      at = end + 1;
    }
  }

  #requireRoom(octets: number): void {
    if (this.#at + octets <= this.#octets.length) return;
    const larger = Buffer.alloc(2 * (this.#at + octets));
    this.#octets.copy(larger, 0, 0, this.#at);
    this.#octets = larger;
  }

  #finishMessage(): void {
    if (this.#lines > 0) this.#sink(this.#octets, 0, this.#at, this.#lines, MessageKind.Data);
    this.#at = 0;
    this.#lines = 0;
  }
}
