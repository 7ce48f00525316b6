import { Present } from '../flow/flow-field.js';
import { type ExportField, flowFields, type FlowFieldOptions } from './flow-fields.js';
import { suggestion } from '../config/nearest.js';
import type { OptionValues, PROFILE_NAMES } from './output-options.js';
import type { FormatName } from './output-schemes.js';

type ProfileName = (typeof PROFILE_NAMES)[number];

/** What each profile makes of the fields that were measured. A profile is one line here. */
const PROFILES: Readonly<Partial<Record<ProfileName, (options: FlowFieldOptions) => ExportField[]>>> = {
  standard: flowFields,
};

/** Counters since the flow began, which is what every record counts, under their other names. */
const TOTAL_NAMES: Readonly<Record<string, string>> = {
  octetDeltaCount: 'octetTotalCount',
  packetDeltaCount: 'packetTotalCount',
  reverseOctetDeltaCount: 'reverseOctetTotalCount',
  reversePacketDeltaCount: 'reversePacketTotalCount',
};

/** The fields that an output's options ask for. Throws a RangeError that names what there is. */
export function exportTable(
  format: FormatName,
  options: OptionValues,
  isUniflow: boolean,
  fields: FlowFieldOptions,
): ExportField[] {
  const { profile = 'standard', counters = 'delta' } = options;
  const make = PROFILES[profile];
  if (make === undefined) {
    throw new RangeError(`option profile '${profile}': expected one of ${Object.keys(PROFILES).join(', ')}`);
  }
  // A column for every element of every protocol would be hundreds: metadata is left to the other formats.
  const measured = make(fields).filter(({ textType }) => format !== 'csv' || textType !== 'members');
  const table = measured.map((field) =>
    counters === 'total' && field.element in TOTAL_NAMES ? { ...field, element: TOTAL_NAMES[field.element] } : field,
  );
  return options.fields === undefined ? table : chosen(table, options.fields, format, isUniflow);
}

/** The fields of these names in their order; the others stay as hidden ones. */
function chosen(
  table: readonly ExportField[],
  names: readonly string[],
  format: FormatName,
  isUniflow: boolean,
): ExportField[] {
  const isText = format === 'json' || format === 'csv';
  const known = table.filter(
    ({ textType, when = Present.Always }) =>
      (isText || textType === undefined) && !(isUniflow && (when & Present.Reverse) !== 0),
  );
  const fields = names.map((name) => {
    const field = known.find(({ element }) => element === name);
    if (field !== undefined) return field;
    const all = known.map(({ element }) => element);
    throw new RangeError(
      `option fields: no field '${name}' in ${format}${isUniflow ? ' uniflows' : ''}${suggestion(name, all)}, expected some of ${all.join(', ')}`,
    );
  });
  if (!fields.some(({ when = Present.Always }) => when === Present.Always)) {
    throw new RangeError(
      `option fields '${names.join(',')}': expected at least one that every record has, such as protocolIdentifier`,
    );
  }
  const rest = table.filter((field) => !fields.includes(field)).map((field) => ({ ...field, isHidden: true }));
  return [...fields, ...rest];
}
