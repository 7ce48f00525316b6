import { MAX_MESSAGE_OCTETS, SET_HEADER_OCTETS, SET_ID, SET_LENGTH } from '../../ipfix/message-layout.js';
import { MessageKind, type MessageSink } from '../message-encoder.js';
import { IPFIX_FORMAT, type MessageFormat } from './message-format.js';

export const MIN_MESSAGE_OCTETS = 512;

export interface MessageOptions {
  /** 0 to 2^32 - 1. Default: 0. */
  readonly observationDomainId?: number;
  /** Bound of a message's length, 512 to 65,535. Default: 65,535. */
  readonly maxMessageOctets?: number;
  /** Export Time of each message, ms since 1970. Default: the wall clock. */
  readonly clock?: () => number;
  /** Templates, Data and Options each in messages of their own. Default: false. */
  readonly isSeparate?: boolean;
  /** Default: IPFIX. */
  readonly format?: MessageFormat;
}

/**
 * Builds messages of IPFIX (RFC 7011 §3) and NetFlow v9, which it comes from: header, Sets, sequence numbers. Records are written at `position` by whoever has
 * them, after `reserve` or `openSet` made room; a full message goes to the sink.
 */
export class MessageWriter {
  readonly octets: Uint8Array;
  readonly view: DataView;
  /** A message never grows beyond. */
  readonly limit: number;
  readonly format: MessageFormat;
  /** Where the next record goes. */
  position: number;
  /** Data Records in this message, those of Options Templates included. */
  records = 0;
  /** Messages handed over so far, and their octets. */
  messages = 0;
  sentOctets = 0;
  /** Template Records in it. */
  #templates = 0;
  readonly #sink: MessageSink;
  readonly #isSeparate: boolean;
  #kind: MessageKind = MessageKind.Data;
  readonly #domain: number;
  readonly #clock: () => number;
  /** First octet of the open Set, 0 when there is none. */
  #setStart = 0;
  #setId = 0;
  /** Data Records of all messages before this one, or those messages, modulo 2^32. */
  #sequence = 0;

  /** Throws a RangeError when an option is outside its range. */
  constructor(options: MessageOptions, sink: MessageSink) {
    const { observationDomainId = 0, maxMessageOctets = MAX_MESSAGE_OCTETS, clock = Date.now } = options;
    const { format = IPFIX_FORMAT } = options;
    this.#isSeparate = options.isSeparate ?? false;
    requireWhole('maxMessageOctets', maxMessageOctets, MIN_MESSAGE_OCTETS, MAX_MESSAGE_OCTETS);
    requireWhole('observationDomainId', observationDomainId, 0, 0xffff_ffff);
    this.format = format;
    this.position = format.headerOctets;
    // Padding never needs more room than is left.
    this.limit = maxMessageOctets - (maxMessageOctets % format.setAlignment);
    this.octets = new Uint8Array(maxMessageOctets);
    this.view = new DataView(this.octets.buffer);
    this.#domain = observationDomainId;
    this.#clock = clock;
    this.#sink = sink;
  }

  /** What is written next is of that kind: ends a message of another one, if they are to be separate. */
  begin(kind: MessageKind): void {
    if (!this.#isSeparate || kind === this.#kind) return;
    this.finishMessage();
    this.#kind = kind;
  }

  /**
   * Opens a Set of that id, unless it is open, with room for `octets` more in the message, which may become the next one.
   * Throws a RangeError when no message has that room.
   */
  openSet(id: number, octets: number): void {
    const isOpen = this.#setStart !== 0 && this.#setId === id;
    const needed = octets + (isOpen ? 0 : SET_HEADER_OCTETS + this.#paddingOctets());
    if (this.position + needed > this.limit) {
      this.requireRoom(octets);
      this.finishMessage();
    } else if (isOpen) {
      return;
    }
    this.#closeSet();
    this.#setStart = this.position;
    this.#setId = id;
    this.view.setUint16(this.position + SET_ID, id);
    this.position += SET_HEADER_OCTETS;
  }

  /** Adds a Template Record to a Set of Templates or Options Templates. */
  addTemplate(setId: number, record: Uint8Array): void {
    this.begin(MessageKind.Templates);
    this.openSet(setId, record.length);
    this.octets.set(record, this.position);
    this.position += record.length;
    this.#templates++;
  }

  /** What follows stands in another Set, also when it has the same id. */
  endSet(): void {
    this.#closeSet();
  }

  /** Adds a Data Record of an Options Template. */
  addOptions(templateId: number, record: Uint8Array): void {
    this.begin(MessageKind.Options);
    this.openSet(templateId, record.length);
    this.octets.set(record, this.position);
    this.position += record.length;
    this.records++;
  }

  /** Throws a RangeError when no message has room for a Set with that many octets of records. */
  requireRoom(octets: number): void {
    const needed = this.format.headerOctets + SET_HEADER_OCTETS + octets;
    if (needed <= this.limit) return;
    throw new RangeError(`messages of at most ${this.limit} octets are too small: ${needed} are needed`);
  }

  /** Completes the message and hands it to the sink; an empty one is not sent. */
  finishMessage(): void {
    const { format, records } = this;
    if (this.position === format.headerOctets) return;
    this.#closeSet();
    const length = this.position;
    format.writeHeader(this.view, {
      length,
      records,
      templates: this.#templates,
      timeMs: this.#clock(),
      sequence: this.#sequence,
      observationDomainId: this.#domain,
    });
    this.#sequence = (this.#sequence + (format.sequence.unit === 'records' ? records : 1)) >>> 0;
    this.records = 0;
    this.#templates = 0;
    this.position = format.headerOctets;
    this.messages++;
    this.sentOctets += length;
    this.#sink(this.octets, 0, length, records, this.#kind);
  }

  #closeSet(): void {
    if (this.#setStart === 0) return;
    const end = this.position + this.#paddingOctets();
    this.octets.fill(0, this.position, end);
    this.position = end;
    this.view.setUint16(this.#setStart + SET_LENGTH, this.position - this.#setStart);
    this.#setStart = 0;
  }

  #paddingOctets(): number {
    const { setAlignment } = this.format;
    return (setAlignment - (this.position % setAlignment)) % setAlignment;
  }
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} ${value}: expected a whole number from ${least} to ${most}`);
}
