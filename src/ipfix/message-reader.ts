import { DataRecord } from './data-record.js';
import { DomainTemplates, FIRST_DATA_SET_ID, MAX_TEMPLATE_FIELDS, type TemplateBudget } from './domain-templates.js';
import { InformationModel } from './information-model.js';
import {
  IPFIX_VERSION,
  MAX_MESSAGE_OCTETS,
  MESSAGE_DOMAIN,
  MESSAGE_EXPORT_TIME,
  MESSAGE_HEADER_OCTETS,
  MESSAGE_LENGTH,
  MESSAGE_SEQUENCE,
  OPTIONS_TEMPLATE_SET_ID,
  SET_HEADER_OCTETS,
  TEMPLATE_SET_ID,
} from './message-layout.js';
import { newReaderCounters, type ReaderCounters } from './reader-counters.js';
import { locateFields, Template } from './template.js';
import { readTemplateSet } from './template-record.js';
import { readTypeRecord } from './type-record.js';
import { readUnsigned } from './value.js';

/** Observation Domains whose Templates one reader keeps. */
export const MAX_OBSERVATION_DOMAINS = 4096;

const WINDOW_OCTETS = 262_144;

/** Something in the octets that does not agree with RFC 7011. */
export interface ReaderProblem {
  /** Octet offset in the stream, counted from the reader's first octet. */
  readonly offset: number;
  /** What is wrong and what was expected. */
  readonly message: string;
}

export interface MessageHandler {
  /** A Data Record, also one of an Options Template; valid until the handler returns. */
  record(record: DataRecord): void;
  problem(problem: ReaderProblem): void;
}

interface Domain {
  readonly templates: DomainTemplates;
  /** Sequence number that the next message should have, null when it cannot be known. */
  nextSequence: number | null;
}

/**
 * Reads a stream of IPFIX Messages (RFC 7011), as in a file (RFC 5655), a TCP connection, or datagram by datagram with
 * `end` after each. Nothing in the octets makes it throw: what cannot be read is a problem with its offset, and reading
 * goes on with the next message. Work is linear in the octets; memory is a window of 256 KiB and the Templates within
 * their bounds.
 */
export class MessageReader {
  readonly counters: ReaderCounters = newReaderCounters();
  readonly model: InformationModel;
  readonly #handler: MessageHandler;
  readonly #domains = new Map<number, Domain>();
  readonly #budget: TemplateBudget = { fieldsLeft: MAX_TEMPLATE_FIELDS };
  readonly #window = Buffer.allocUnsafeSlow(WINDOW_OCTETS);
  /** Stream offset of the window's first octet. */
  #base = 0;
  /** Unread octets of the window. */
  #at = 0;
  #filled = 0;
  /** Set while looking for a message: where the search began. */
  #lostAt: number | null = null;
  /** A message whose Sets do not add up ends here if its header told the truth about its length. */
  #doubtfulEnd: number | null = null;
  readonly #record: DataRecord;
  readonly #report = (at: number, message: string): void => {
    this.counters.problems++;
    this.#handler.problem({ offset: this.#base + at, message });
  };

  constructor(handler: MessageHandler, model = new InformationModel()) {
    this.#handler = handler;
    this.model = model;
    const none = new DomainTemplates(model, this.#budget);
    this.#record = new DataRecord(new Template(0, 0, [], 0), none, this.#window);
  }

  /** Offset behind the last octet that was pushed. */
  get octetsRead(): number {
    return this.#base + this.#filled;
  }

  push(chunk: Uint8Array): void {
    let taken = 0;
    while (taken < chunk.length) {
      const count = Math.min(chunk.length - taken, WINDOW_OCTETS - this.#filled);
      this.#window.set(chunk.subarray(taken, taken + count), this.#filled);
      taken += count;
      this.#filled += count;
      this.#readMessages(false);
      this.#window.copyWithin(0, this.#at, this.#filled);
      this.#base += this.#at;
      this.#filled -= this.#at;
      if (this.#doubtfulEnd !== null) this.#doubtfulEnd -= this.#at;
      if (this.#lostAt !== null) this.#lostAt -= this.#at;
      this.#at = 0;
    }
  }

  /** The octets so far end here: reads what is left, also a cut message. More may be pushed after it. */
  end(): void {
    this.#readMessages(true);
    if (this.#lostAt !== null) {
      this.#report(this.#filled, `no further message in the ${this.#filled - this.#lostAt} octets after the fault`);
      this.#skipTo(this.#filled);
    }
    this.#base += this.#filled;
    this.#at = 0;
    this.#filled = 0;
    this.#lostAt = null;
    this.#doubtfulEnd = null;
  }

  #readMessages(isEnd: boolean): void {
    while (this.#at < this.#filled) {
      if (this.#doubtfulEnd !== null && !this.#settleDoubt(isEnd)) return;
      if (this.#lostAt !== null && !this.#findMessage(isEnd)) return;
      const start = this.#at;
      const available = this.#filled - start;
      if (available === 0) return;
      if (available < MESSAGE_HEADER_OCTETS) {
        if (!isEnd) return;
        this.#report(start, `cut message header: ${available} octets of ${MESSAGE_HEADER_OCTETS}`);
        this.#skipTo(this.#filled);
        return;
      }
      const fault = headerFault(this.#window, start);
      if (fault !== null) {
        this.#report(start, fault);
        this.#lostAt = start;
        this.#skipTo(start + 1);
        continue;
      }
      const length = this.#window.readUInt16BE(start + MESSAGE_LENGTH);
      if (available < length) {
        if (!isEnd) return;
        this.#report(start, `cut message: ${available} octets of ${length}`);
      }
      this.#readMessage(start, start + length);
    }
  }

  #skipTo(at: number): void {
    this.counters.skippedOctets += at - this.#at;
    this.#at = at;
  }

  /** Believes a message's length when another message follows there; else searches from where its Sets went wrong. */
  #settleDoubt(isEnd: boolean): boolean {
    const end = this.#doubtfulEnd!;
    if (!isEnd && this.#filled < end + 2) return false;
    this.#doubtfulEnd = null;
    const follows =
      end === this.#filled || (end + 2 <= this.#filled && this.#window.readUInt16BE(end) === IPFIX_VERSION);
    if (follows) this.#skipTo(end);
    else this.#lostAt = this.#at;
    return true;
  }

  /** Searches for the next octets that can only be a message. False when more octets are needed, or none is left. */
  #findMessage(isEnd: boolean): boolean {
    const window = this.#window;
    while (this.#at + MESSAGE_HEADER_OCTETS + SET_HEADER_OCTETS <= this.#filled) {
      const at = window.indexOf(0, this.#at);
      this.#skipTo(at < 0 || at > this.#filled ? this.#filled : at);
      if (this.#at + MESSAGE_HEADER_OCTETS + SET_HEADER_OCTETS > this.#filled) return false;
      const verdict = this.#isMessage(this.#at, isEnd);
      if (verdict === null) return false;
      if (verdict) {
        this.#report(this.#at, `reading goes on here, ${this.#at - this.#lostAt!} octets after the fault`);
        this.#lostAt = null;
        return true;
      }
      this.#skipTo(this.#at + 1);
    }
    return false;
  }

  /** Whether a message with a sound first Set begins there and another begins, or the octets end, behind it; null: not yet known. */
  #isMessage(at: number, isEnd: boolean): boolean | null {
    if (!looksLikeMessage(this.#window, at, this.#filled)) return false;
    const end = at + this.#window.readUInt16BE(at + MESSAGE_LENGTH);
    if (end + 2 <= this.#filled) return this.#window.readUInt16BE(end) === IPFIX_VERSION;
    return isEnd ? end === this.#filled : null;
  }

  #readMessage(start: number, end: number): void {
    const counters = this.counters;
    counters.messages++;
    const window = this.#window;
    const domainId = window.readUInt32BE(start + MESSAGE_DOMAIN);
    const domain = this.#domain(domainId);
    if (domain === null) {
      counters.messagesOfIgnoredDomains++;
      this.#at = Math.min(end, this.#filled);
      return;
    }
    this.#countSequence(domain, window.readUInt32BE(start + MESSAGE_SEQUENCE));
    this.#record.exportTimeSeconds = window.readUInt32BE(start + MESSAGE_EXPORT_TIME);
    this.#record.observationDomainId = domainId;
    this.#record.context = domain.templates;
    const faultAt = this.#readSets(domain, start + MESSAGE_HEADER_OCTETS, end);
    if (end > this.#filled) {
      // A wrong length may have swallowed the messages behind it.
      const isSwallowed = faultAt >= 0 && looksLikeMessage(window, faultAt, this.#filled);
      this.#at = isSwallowed ? faultAt : this.#filled;
      this.#lostAt = isSwallowed ? faultAt : null;
    } else if (faultAt < 0) {
      this.#at = end;
    } else {
      domain.nextSequence = null;
      this.#at = faultAt;
      this.#doubtfulEnd = end;
    }
  }

  #domain(id: number): Domain | null {
    const known = this.#domains.get(id);
    if (known !== undefined) return known;
    if (this.#domains.size >= MAX_OBSERVATION_DOMAINS) return null;
    const domain: Domain = { templates: new DomainTemplates(this.model, this.#budget), nextSequence: null };
    this.#domains.set(id, domain);
    return domain;
  }

  /** The sequence number is the count of Data Records before this message, modulo 2^32 (RFC 7011 §3.1). */
  #countSequence(domain: Domain, sequence: number): void {
    if (domain.nextSequence !== null && domain.nextSequence !== sequence) {
      const ahead = (sequence - domain.nextSequence) >>> 0;
      if (ahead < 0x8000_0000) {
        this.counters.sequenceGaps++;
        this.counters.missingRecords += ahead;
      } else {
        this.counters.sequenceResets++;
      }
    }
    domain.nextSequence = sequence;
  }

  /** Reads the Sets of a message; returns the offset at which they stop to make sense, or -1. */
  #readSets(domain: Domain, start: number, end: number): number {
    const window = this.#window;
    let at = start;
    while (at < end) {
      const left = Math.min(end, this.#filled) - at;
      if (left < SET_HEADER_OCTETS) {
        if (end <= this.#filled) this.#report(at, `${left} octets left over behind the last Set of the message`);
        return at;
      }
      const id = window.readUInt16BE(at);
      const length = window.readUInt16BE(at + 2);
      if (length < SET_HEADER_OCTETS || length > end - at) {
        this.#report(at, `Set ${id} claims ${length} octets, expected ${SET_HEADER_OCTETS} to ${end - at}`);
        return at;
      }
      if (id === IPFIX_VERSION && looksLikeMessage(window, at, this.#filled)) {
        this.#report(at, `a message begins inside another, ${end - at} octets before that one's end`);
        return at;
      }
      this.#readSet(domain, id, at, at + length);
      at += length;
    }
    return -1;
  }

  #readSet(domain: Domain, id: number, at: number, end: number): void {
    const start = at + SET_HEADER_OCTETS;
    const { counters, model } = this;
    if (id >= FIRST_DATA_SET_ID) {
      this.#readDataSet(domain, id, start, end);
    } else if (id === TEMPLATE_SET_ID || id === OPTIONS_TEMPLATE_SET_ID) {
      const isCut = end > this.#filled; // has been told
      const readable = isCut ? this.#filled : end;
      const report = isCut ? ignoreProblem : this.#report;
      readTemplateSet(this.#window, start, readable, id, domain.templates, model, counters, report);
    } else {
      counters.reservedSets++;
    }
  }

  #readDataSet(domain: Domain, id: number, start: number, end: number): void {
    const counters = this.counters;
    const template = domain.templates.template(id);
    if (template === undefined) {
      counters.setsWithoutTemplate++;
      counters.octetsWithoutTemplate += end - start;
      domain.nextSequence = null;
      return;
    }
    if (template.minimumLength === 0) {
      this.#report(start, `the records of Template ${id} have no octets`);
      domain.nextSequence = null;
      return;
    }
    const record = this.#record;
    const readable = Math.min(end, this.#filled);
    let at = start;
    // What is left when no record fits any more is padding (RFC 7011 §3.3.1).
    while (readable - at >= template.minimumLength) {
      const next = locateFields(template, this.#window, at, readable, record.spans);
      if (next < 0) {
        if (readable === end) this.#report(at, `a record of Template ${id} runs past the end of its Set`);
        domain.nextSequence = null;
        return;
      }
      record.template = template;
      record.start = at;
      record.end = next;
      record.renew(null);
      if (domain.nextSequence !== null) domain.nextSequence = (domain.nextSequence + 1) >>> 0;
      if (template.isOptions) {
        counters.optionsRecords++;
        if (template.describesElements) readTypeRecord(record, this.model);
        if (template.systemInitIndex >= 0) this.#readSystemInit(domain, template.systemInitIndex);
      } else {
        counters.dataRecords++;
      }
      this.#handler.record(record);
      at = next;
    }
  }

  /** Flow records may count their times from the exporter's start, which only an options record tells (element 160). */
  #readSystemInit(domain: Domain, index: number): void {
    const { octets, spans } = this.#record;
    if (spans.lengths[index] === 8)
      domain.templates.systemInitMilliseconds = readUnsigned(octets, spans.offsets[index], 8);
  }
}

const ignoreProblem = (): void => undefined;

/** Why no message can begin there, or null. At least a header's octets must be there. */
function headerFault(octets: Buffer, at: number): string | null {
  const version = octets.readUInt16BE(at);
  if (version === 9 || version === 5) return `version ${version} is NetFlow v${version}, expected IPFIX, version 10`;
  if (version !== IPFIX_VERSION) return `version ${version}, expected ${IPFIX_VERSION}: not an IPFIX message`;
  const length = octets.readUInt16BE(at + MESSAGE_LENGTH);
  if (length < MESSAGE_HEADER_OCTETS)
    return `message length ${length}, expected ${MESSAGE_HEADER_OCTETS} to ${MAX_MESSAGE_OCTETS}`;
  return null;
}

/** A message header with a sound first Set header behind it. */
function looksLikeMessage(octets: Buffer, at: number, end: number): boolean {
  if (end - at < MESSAGE_HEADER_OCTETS + SET_HEADER_OCTETS || headerFault(octets, at) !== null) return false;
  const setId = octets.readUInt16BE(at + MESSAGE_HEADER_OCTETS);
  const setLength = octets.readUInt16BE(at + MESSAGE_HEADER_OCTETS + 2);
  const room = octets.readUInt16BE(at + MESSAGE_LENGTH) - MESSAGE_HEADER_OCTETS;
  const isSetId = setId === TEMPLATE_SET_ID || setId === OPTIONS_TEMPLATE_SET_ID || setId >= FIRST_DATA_SET_ID;
  return isSetId && setLength >= SET_HEADER_OCTETS && setLength <= room;
}
