import type { MessageWriter } from '../ipfix/message-writer.js';
import { interfaceText } from '../options/interface-names.js';
import type { ExportedApplication, ExportedInterface } from '../options/options-record.js';

/** What this output has made so far. */
export interface Netflow9Totals {
  readonly octets: number;
  readonly messages: number;
  readonly flows: number;
}

/** What flow records name by number. */
export interface Netflow9Names {
  readonly interfaces: readonly ExportedInterface[];
  readonly applications: readonly ExportedApplication[];
}

/** Field types of scopes (RFC 3954 §6.1). */
const SYSTEM_SCOPE = 1;
const INTERFACE_SCOPE = 2;

interface OptionField {
  readonly type: number;
  readonly octets: number;
}

/** Scope field, then options. Text has a fixed length here: what is longer is cut, the rest is 0. */
interface OptionsKind {
  readonly id: number;
  readonly fields: readonly OptionField[];
}

/** SAMPLING_INTERVAL and SAMPLING_ALGORITHM; TOTAL_BYTES_EXP, TOTAL_PKTS_EXP, TOTAL_FLOWS_EXP. */
const SYSTEM: OptionsKind = {
  id: 0xd003,
  fields: [
    { type: SYSTEM_SCOPE, octets: 4 },
    { type: 34, octets: 4 },
    { type: 35, octets: 1 },
    { type: 40, octets: 4 },
    { type: 41, octets: 4 },
    { type: 42, octets: 4 },
  ],
};

/** IF_NAME. */
const INTERFACE_NAME: OptionsKind = {
  id: 0xd004,
  fields: [
    { type: INTERFACE_SCOPE, octets: 4 },
    { type: 82, octets: 32 },
  ],
};

/** INPUT_SNMP, IF_DESC: nfcapd wants the number beside the text, and nothing else. */
const INTERFACE_DESCRIPTION: OptionsKind = {
  id: 0xd006,
  fields: [
    { type: SYSTEM_SCOPE, octets: 4 },
    { type: 10, octets: 4 },
    { type: 83, octets: 64 },
  ],
};

/** APPLICATION_TAG, APPLICATION_NAME: those of flow records with field type 95 (RFC 6759 §5). */
const APPLICATION: OptionsKind = {
  id: 0xd005,
  fields: [
    { type: SYSTEM_SCOPE, octets: 4 },
    { type: 95, octets: 4 },
    { type: 96, octets: 24 },
  ],
};

const KINDS: readonly OptionsKind[] = [SYSTEM, INTERFACE_NAME, INTERFACE_DESCRIPTION, APPLICATION];

/** Every packet, deterministic. */
const SAMPLING_INTERVAL = 1;
const SAMPLING_ALGORITHM = 1;

const HEADER_OCTETS = 6;
const SPECIFIER_OCTETS = 4;

/** The Options Template Record; unlike IPFIX's it tells octets of specifiers, not their number. */
function optionsTemplate({ id, fields }: OptionsKind): Uint8Array {
  const record = Buffer.alloc(HEADER_OCTETS + SPECIFIER_OCTETS * fields.length);
  let at = record.writeUInt16BE(id, 0);
  at = record.writeUInt16BE(SPECIFIER_OCTETS, at);
  at = record.writeUInt16BE(SPECIFIER_OCTETS * (fields.length - 1), at);
  for (const { type, octets } of fields) {
    at = record.writeUInt16BE(type, at);
    at = record.writeUInt16BE(octets, at);
  }
  return record;
}

function optionsRecord({ fields }: OptionsKind, values: readonly (number | string | Uint8Array)[]): Uint8Array {
  const record = Buffer.alloc(fields.reduce((sum, { octets }) => sum + octets, 0));
  let at = 0;
  for (const [n, { octets }] of fields.entries()) {
    const value = values[n];
    if (typeof value === 'string') record.write(value, at, octets, 'utf8');
    else if (typeof value !== 'number') record.set(value.subarray(0, octets), at);
    // Counters begin anew where the field has no more room.
    else record.writeUIntBE(value % 2 ** (8 * octets), at, octets);
    at += octets;
  }
  return record;
}

/** Each in a message of its own: not every collector looks for a second one behind the padding of a FlowSet. */
export function writeNetflow9OptionsTemplates(message: MessageWriter): void {
  for (const kind of KINDS) {
    message.addTemplate(message.format.optionsTemplateSetId, optionsTemplate(kind));
    message.finishMessage();
  }
}

/** What the exporter has sent, and that it does not sample. @param sourceId stands for the exporter in the scope field */
export function writeNetflow9Totals(message: MessageWriter, sourceId: number, totals: Netflow9Totals): void {
  const { octets, messages, flows } = totals;
  const values = [sourceId, SAMPLING_INTERVAL, SAMPLING_ALGORITHM, octets, messages, flows];
  message.addOptions(SYSTEM.id, optionsRecord(SYSTEM, values));
}

/** The names of interfaces and applications. @param sourceId stands for the exporter in the scope field */
export function writeNetflow9Names(message: MessageWriter, sourceId: number, names: Netflow9Names): void {
  for (const { number, name } of names.interfaces) {
    message.addOptions(INTERFACE_NAME.id, optionsRecord(INTERFACE_NAME, [number, name]));
  }
  for (const each of names.interfaces) {
    const values = [sourceId, each.number, interfaceText(each)];
    message.addOptions(INTERFACE_DESCRIPTION.id, optionsRecord(INTERFACE_DESCRIPTION, values));
  }
  for (const { id, name } of names.applications) {
    message.addOptions(APPLICATION.id, optionsRecord(APPLICATION, [sourceId, id, name]));
  }
}
