import {
  IPFIX_VERSION,
  MAX_MESSAGE_OCTETS,
  MESSAGE_DOMAIN,
  MESSAGE_EXPORT_TIME,
  MESSAGE_HEADER_OCTETS,
  MESSAGE_LENGTH,
  MESSAGE_SEQUENCE,
  MESSAGE_VERSION,
  SET_HEADER_OCTETS,
  SET_ID,
  SET_LENGTH,
} from '../ipfix/message-layout.js';
import { MessageKind, type MessageSink } from './message-encoder.js';

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
}

/**
 * Builds IPFIX Messages (RFC 7011 §3): header, Sets, sequence numbers. Records are written at `position` by whoever has
 * them, after `reserve` or `openSet` made room; a full message goes to the sink.
 */
export class MessageWriter {
  readonly octets: Uint8Array;
  readonly view: DataView;
  /** A message never grows beyond. */
  readonly limit: number;
  /** Where the next record goes. */
  position: number = MESSAGE_HEADER_OCTETS;
  /** Data Records in this message, those of Options Templates included. */
  records = 0;
  /** Messages handed over so far, and their octets. */
  messages = 0;
  sentOctets = 0;
  readonly #sink: MessageSink;
  readonly #isSeparate: boolean;
  #kind: MessageKind = MessageKind.Data;
  readonly #domain: number;
  readonly #clock: () => number;
  /** First octet of the open Set, 0 when there is none. */
  #setStart = 0;
  #setId = 0;
  /** Data Records of all messages before this one, modulo 2^32. */
  #sequence = 0;

  /** Throws a RangeError when an option is outside its range. */
  constructor(options: MessageOptions, sink: MessageSink) {
    const { observationDomainId = 0, maxMessageOctets = MAX_MESSAGE_OCTETS, clock = Date.now } = options;
    this.#isSeparate = options.isSeparate ?? false;
    requireWhole('maxMessageOctets', maxMessageOctets, MIN_MESSAGE_OCTETS, MAX_MESSAGE_OCTETS);
    requireWhole('observationDomainId', observationDomainId, 0, 0xffff_ffff);
    this.limit = maxMessageOctets;
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
    const needed = octets + (isOpen ? 0 : SET_HEADER_OCTETS);
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
    const needed = MESSAGE_HEADER_OCTETS + SET_HEADER_OCTETS + octets;
    if (needed <= this.limit) return;
    throw new RangeError(`messages of at most ${this.limit} octets are too small: ${needed} are needed`);
  }

  /** Completes the message and hands it to the sink; an empty one is not sent. */
  finishMessage(): void {
    const length = this.position;
    if (length === MESSAGE_HEADER_OCTETS) return;
    this.#closeSet();
    const { view } = this;
    view.setUint16(MESSAGE_VERSION, IPFIX_VERSION);
    view.setUint16(MESSAGE_LENGTH, length);
    view.setUint32(MESSAGE_EXPORT_TIME, Math.floor(this.#clock() / 1000));
    view.setUint32(MESSAGE_SEQUENCE, this.#sequence);
    view.setUint32(MESSAGE_DOMAIN, this.#domain);
    const { records } = this;
    this.#sequence = (this.#sequence + records) >>> 0;
    this.records = 0;
    this.position = MESSAGE_HEADER_OCTETS;
    this.messages++;
    this.sentOctets += length;
    this.#sink(this.octets, 0, length, records, this.#kind);
  }

  #closeSet(): void {
    if (this.#setStart === 0) return;
    this.view.setUint16(this.#setStart + SET_LENGTH, this.position - this.#setStart);
    this.#setStart = 0;
  }
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} ${value}: expected a whole number from ${least} to ${most}`);
}
