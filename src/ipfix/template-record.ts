import { FIRST_DATA_SET_ID, type DomainTemplates } from './domain-templates.js';
import type { InformationModel } from './information-model.js';
import { ENTERPRISE_BIT, OPTIONS_TEMPLATE_SET_ID, TEMPLATE_SET_ID } from './message-layout.js';
import type { ReaderCounters } from './reader-counters.js';
import type { TemplateField } from './template.js';

/** Tells of a problem at an offset of the octets being read. */
export type ReportProblem = (offset: number, message: string) => void;

const TEMPLATE_RECORD_HEADER_OCTETS = 4;
const FIELD_SPECIFIER_OCTETS = 4;
const ENTERPRISE_NUMBER_OCTETS = 4;

/**
 * Reads the (Options) Template Records of one Set (RFC 7011 §3.4) into the domain's Templates.
 * A record that is cut or makes no sense ends the Set; what came before it holds.
 */
export function readTemplateSet(
  octets: Buffer,
  start: number,
  end: number,
  setId: typeof TEMPLATE_SET_ID | typeof OPTIONS_TEMPLATE_SET_ID,
  templates: DomainTemplates,
  model: InformationModel,
  counters: ReaderCounters,
  report: ReportProblem,
): void {
  const isOptions = setId === OPTIONS_TEMPLATE_SET_ID;
  const fixedOctets = isOptions ? TEMPLATE_RECORD_HEADER_OCTETS + 2 : TEMPLATE_RECORD_HEADER_OCTETS;
  let offset = start;
  while (end - offset >= TEMPLATE_RECORD_HEADER_OCTETS) {
    const id = octets.readUInt16BE(offset);
    const fieldCount = octets.readUInt16BE(offset + 2);
    if (id === 0 && fieldCount === 0) return; // padding
    if (fieldCount === 0) {
      if (!withdraw(id, setId, templates)) {
        report(offset, `withdrawal of Template ${id} in a Set of id ${setId}`);
        return;
      }
      counters.withdrawals++;
      offset += TEMPLATE_RECORD_HEADER_OCTETS;
      continue;
    }
    if (id < FIRST_DATA_SET_ID) {
      report(offset, `Template id ${id} is below ${FIRST_DATA_SET_ID}`);
      return;
    }
    if (end - offset < fixedOctets) {
      report(offset, `Options Template ${id} is cut: ${end - offset} octets left`);
      return;
    }
    const scopeFieldCount = isOptions ? octets.readUInt16BE(offset + 4) : 0;
    if (isOptions && (scopeFieldCount === 0 || scopeFieldCount > fieldCount)) {
      report(offset, `Options Template ${id} has ${scopeFieldCount} scope fields of ${fieldCount}`);
      counters.refusedTemplates++;
      return;
    }
    const fields: TemplateField[] = [];
    const next = readFieldSpecifiers(octets, offset + fixedOctets, end, fieldCount, model, fields);
    if (next < 0) {
      report(offset, `Template ${id} of ${fieldCount} fields is cut: its Set has ${end - offset} octets left`);
      return;
    }
    counters.templates++;
    const refusal = templates.define(id, scopeFieldCount, fields);
    if (refusal !== null) {
      counters.refusedTemplates++;
      report(offset, `Template ${id} is refused: ${refusal}`);
    }
    offset = next;
  }
}

/** False when a withdrawal of that id may not stand in a Set of that id (RFC 7011 §8.1). */
function withdraw(id: number, setId: number, templates: DomainTemplates): boolean {
  if (id === setId) templates.withdrawAll(setId === OPTIONS_TEMPLATE_SET_ID);
  else if (id >= FIRST_DATA_SET_ID) templates.withdraw(id);
  else return false;
  return true;
}

/** Appends `count` fields; returns the offset behind them, or -1 when they do not fit. */
function readFieldSpecifiers(
  octets: Buffer,
  start: number,
  end: number,
  count: number,
  model: InformationModel,
  fields: TemplateField[],
): number {
  let offset = start;
  for (let index = 0; index < count; index++) {
    if (end - offset < FIELD_SPECIFIER_OCTETS) return -1;
    const word = octets.readUInt16BE(offset);
    const length = octets.readUInt16BE(offset + 2);
    offset += FIELD_SPECIFIER_OCTETS;
    let pen = 0;
    if ((word & ENTERPRISE_BIT) !== 0) {
      if (end - offset < ENTERPRISE_NUMBER_OCTETS) return -1;
      pen = octets.readUInt32BE(offset);
      offset += ENTERPRISE_NUMBER_OCTETS;
    }
    fields.push({ element: model.lookup(pen, word & ~ENTERPRISE_BIT), length });
  }
  return offset;
}
