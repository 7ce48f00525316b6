import {
  IPFIX_VERSION,
  MESSAGE_DOMAIN,
  MESSAGE_EXPORT_TIME,
  MESSAGE_HEADER_OCTETS,
  MESSAGE_LENGTH,
  MESSAGE_SEQUENCE,
  MESSAGE_VERSION,
  OPTIONS_TEMPLATE_SET_ID,
  TEMPLATE_SET_ID,
} from '../../ipfix/message-layout.js';
import type { SequenceRule } from '../message-encoder.js';

/** What a message's header tells. */
export interface MessageHeader {
  /** Octets of the message. */
  readonly length: number;
  /** Data Records in it, and Template Records. */
  readonly records: number;
  readonly templates: number;
  /** When it is exported, ms since 1970. */
  readonly timeMs: number;
  readonly sequence: number;
  readonly observationDomainId: number;
}

/** What messages of one kind of Sets and Templates have in ways of their own. */
export interface MessageFormat {
  readonly headerOctets: number;
  readonly templateSetId: number;
  readonly optionsTemplateSetId: number;
  /** Sets end at a multiple of so many octets. */
  readonly setAlignment: number;
  readonly sequence: SequenceRule;
  writeHeader(view: DataView, header: MessageHeader): void;
}

/** RFC 7011 §3. */
export const IPFIX_FORMAT: MessageFormat = {
  headerOctets: MESSAGE_HEADER_OCTETS,
  templateSetId: TEMPLATE_SET_ID,
  optionsTemplateSetId: OPTIONS_TEMPLATE_SET_ID,
  setAlignment: 1,
  sequence: { offset: MESSAGE_SEQUENCE, domainOffset: MESSAGE_DOMAIN, unit: 'records' },
  writeHeader(view, { length, timeMs, sequence, observationDomainId }) {
    view.setUint16(MESSAGE_VERSION, IPFIX_VERSION);
    view.setUint16(MESSAGE_LENGTH, length);
    view.setUint32(MESSAGE_EXPORT_TIME, Math.floor(timeMs / 1000));
    view.setUint32(MESSAGE_SEQUENCE, sequence);
    view.setUint32(MESSAGE_DOMAIN, observationDomainId);
  },
};
