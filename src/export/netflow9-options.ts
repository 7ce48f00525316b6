import type { MessageWriter } from './message-writer.js';

/** What a NetFlow v9 exporter tells about itself as a whole (RFC 3954 §6.1): what it has sent, and that it does not sample. */
export interface Netflow9Totals {
  readonly octets: number;
  readonly messages: number;
  readonly flows: number;
}

/** The scope is the whole exporter. */
const SYSTEM_SCOPE = 1;
const SCOPE_OCTETS = 4;

interface OptionField {
  readonly type: number;
  readonly octets: 1 | 4;
  readonly value: (totals: Netflow9Totals) => number;
}

const FIELDS: readonly OptionField[] = [
  // SAMPLING_INTERVAL and SAMPLING_ALGORITHM: every packet, deterministic.
  { type: 34, octets: 4, value: () => 1 },
  { type: 35, octets: 1, value: () => 1 },
  // TOTAL_BYTES_EXP, TOTAL_PKTS_EXP, TOTAL_FLOWS_EXP.
  { type: 40, octets: 4, value: ({ octets }) => octets },
  { type: 41, octets: 4, value: ({ messages }) => messages },
  { type: 42, octets: 4, value: ({ flows }) => flows },
];

/** Ids of flow Templates count up from 256; this one stays out of their way. */
const TEMPLATE_ID = 0xd003;
const HEADER_OCTETS = 6;
const SPECIFIER_OCTETS = 4;

/** The Options Template Record; unlike IPFIX's it tells octets of specifiers, not their number. */
const TEMPLATE = (() => {
  const optionOctets = FIELDS.length * SPECIFIER_OCTETS;
  const record = Buffer.alloc(HEADER_OCTETS + SPECIFIER_OCTETS + optionOctets);
  let at = record.writeUInt16BE(TEMPLATE_ID, 0);
  at = record.writeUInt16BE(SPECIFIER_OCTETS, at);
  at = record.writeUInt16BE(optionOctets, at);
  at = record.writeUInt16BE(SYSTEM_SCOPE, at);
  at = record.writeUInt16BE(SCOPE_OCTETS, at);
  for (const { type, octets } of FIELDS) {
    at = record.writeUInt16BE(type, at);
    at = record.writeUInt16BE(octets, at);
  }
  return record;
})();

export function writeNetflow9OptionsTemplate(message: MessageWriter): void {
  message.addTemplate(message.format.optionsTemplateSetId, TEMPLATE);
}

/** @param sourceId stands for the exporter in the scope field */
export function writeNetflow9Options(message: MessageWriter, sourceId: number, totals: Netflow9Totals): void {
  const record = Buffer.alloc(SCOPE_OCTETS + FIELDS.reduce((sum, { octets }) => sum + octets, 0));
  let at = record.writeUInt32BE(sourceId, 0);
  for (const { octets, value } of FIELDS) {
    at = record.writeUIntBE(value(totals) % 2 ** (8 * octets), at, octets);
  }
  message.addOptions(TEMPLATE_ID, record);
}
