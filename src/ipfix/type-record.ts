import type { DataRecord } from './data-record.js';
import { ABSTRACT_DATA_TYPES, DATA_TYPE_SEMANTICS, type InformationModel } from './information-model.js';
import { readUnsigned, stringText } from './value.js';

/** Takes an Information Element Type Options Record (RFC 5610 §3.9) into the model; types it does not know are left out. */
export function readTypeRecord(record: DataRecord, model: InformationModel): void {
  const pen = unsignedField(record, 'privateEnterpriseNumber');
  const id = unsignedField(record, 'informationElementId');
  const typeCode = unsignedField(record, 'informationElementDataType');
  const type = typeCode === null ? undefined : ABSTRACT_DATA_TYPES[typeCode];
  if (pen === null || id === null || type === undefined) return;
  const semanticsCode = unsignedField(record, 'informationElementSemantics') ?? 0;
  const semantics = DATA_TYPE_SEMANTICS[semanticsCode] ?? 'default';
  const nameIndex = record.template.indexOf('informationElementName');
  const { offsets, lengths } = record.spans;
  const name = nameIndex < 0 ? '' : stringText(record.octets, offsets[nameIndex], lengths[nameIndex]);
  model.describe({ pen, id: id & 0x7fff, type, semantics, name });
}

function unsignedField(record: DataRecord, name: string): number | null {
  const index = record.template.indexOf(name);
  if (index < 0) return null;
  const length = record.spans.lengths[index];
  return length < 1 || length > 4 ? null : readUnsigned(record.octets, record.spans.offsets[index], length);
}
