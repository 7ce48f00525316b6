import { Format } from '../../flow/flow-field.js';
import type { InformationModel } from '../../ipfix/information-model.js';
import { DerivedFormat, type ExportField } from '../fields/export-field.js';

/** Field types up to this are NetFlow v9's and IPFIX's alike (RFC 7012 §7). */
const LAST_FIELD_TYPE = 127;
const TIME = /^(flowStart|flowEnd|reverseFlowStart)(Milli|Micro|Nano)seconds$/;
/** RFC 3954 §8 has one octet for TCP_FLAGS. */
const OCTETS: Readonly<Record<string, number>> = { tcpControlBits: 1 };

/**
 * The part of a table of fields that NetFlow v9 can tell: field types of RFC 3954 §8 and those that were registered with
 * them, times as sysUptime (FIRST_SWITCHED, LAST_SWITCHED). Elements of enterprises, and what only text formats have, are
 * left out; those of the reverse direction stay for the second record of a biflow.
 */
export function netflow9Fields(table: readonly ExportField[], model: InformationModel): ExportField[] {
  return table
    .map(converted)
    .filter((field) => field.textType === undefined && hasFixedLength(field) && isKnown(field.element, model));
}

/** The field and its twin, which tells its value in the second record of a biflow. */
function converted(field: ExportField): ExportField {
  const { twin } = field;
  return { ...withUptime(field), ...(twin ? { twin: withUptime(twin) } : {}) };
}

/** There are no others in NetFlow v9. */
function hasFixedLength({ format }: ExportField): boolean {
  return ![DerivedFormat.LabelName, DerivedFormat.MultiList, DerivedFormat.FirstValue].includes(format);
}

function withUptime(field: ExportField): ExportField {
  const { element, format } = field;
  const [, moment] = TIME.exec(element) ?? [];
  if (format === Format.Time && moment !== undefined) {
    return { ...field, element: `${moment}SysUpTime`, format: DerivedFormat.Uptime };
  }
  return element in OCTETS ? { ...field, octets: OCTETS[element] } : field;
}

function isKnown(element: string, model: InformationModel): boolean {
  const forward = element.replace(/^reverse(.)/, (_, first: string) => first.toLowerCase());
  const found = model.find(forward);
  return found !== undefined && found.pen === 0 && found.id <= LAST_FIELD_TYPE;
}
