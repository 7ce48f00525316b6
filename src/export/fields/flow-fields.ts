import { Present } from '../../flow/flow-field.js';
import { type CounterKind, type ExportField, type TimeUnit, withInspection } from './export-field.js';
import { measuredFields, type MeasuredOptions } from './measured-fields.js';
import { profileNamed } from '../profiles/index.js';
import type { Profile, ProfileField } from '../profiles/profile.js';
import { selectFields } from './select-fields.js';

export { COUNTER_KINDS, type CounterKind, type ExportField, TIME_UNITS, type TimeUnit } from './export-field.js';

const TIME_ELEMENT_UNITS = { ms: 'Milliseconds', us: 'Microseconds', ns: 'Nanoseconds' } as const;
const FLOW_TIMES = /^(flow(?:Start|End)|reverseFlow(?:Start|Delta))Milliseconds$/;
const FLOW_COUNTERS = /^((?:reverse)?(?:packet|octet))DeltaCount$/i;

/** `ipfix` stands for all formats that have no names but those of Information Elements. */
export type RecordFormat = 'ipfix' | 'json' | 'csv';

export interface FlowFieldOptions extends MeasuredOptions {
  /** What the records are for. Default: json. */
  readonly format?: RecordFormat;
  /** Name of a profile (`PROFILE_NAMES`). Default: standard for IPFIX, full for text. */
  readonly profile?: string;
  /** Resolution of times. Default: ms. */
  readonly time?: TimeUnit;
  /** Default: as the profile has it. */
  readonly counters?: CounterKind;
  /** Only these fields of the profile, in this order. */
  readonly fields?: readonly string[];
  /** Biflows become two records, so no reverse elements may be among `fields`. Default: false. */
  readonly uniflow?: boolean;
}

/**
 * The table that the IPFIX Templates, the IPFIX encoder, JSON and CSV are made from: which fields records have, in export
 * order. Throws a RangeError when a profile or a field has no such name, or a meter's 64-bit field does not stand at a 64-bit
 * word.
 */
export function flowFields(options: FlowFieldOptions = {}): ExportField[] {
  const { format = 'json' } = options;
  const profile = profileNamed(options.profile ?? (format === 'ipfix' ? 'standard' : 'full'));
  if (profile.isJson === true && format !== 'json') {
    throw new RangeError(`option profile '${profile.name}': is for JSON, expected another one in ${format}`);
  }
  const { time = 'ms', counters = profile.counters, fields } = options;
  const table = profileFields(profile, measuredFields(options))
    // A column for every element of every protocol would be hundreds: metadata is left to the other formats.
    .filter(({ textType }) => format !== 'csv' || textType !== 'members')
    // JSON has all values, not only the first ones.
    .filter(({ family }) => format === 'ipfix' || family === undefined)
    .map((field) => ({ ...field, element: elementName(field.element, time, counters) }))
    .map((field) => withInspection(field, options.inspected?.by ?? null));
  if (fields === undefined) return table;
  const { uniflow = false } = options;
  const choice = table.filter(
    ({ textType, when = Present.Always }) =>
      (format !== 'ipfix' || textType === undefined) && !(uniflow && (when & Present.Reverse) !== 0),
  );
  return selectFields(choice, fields, `${format}${uniflow ? ' uniflows' : ''}`);
}

function profileFields({ fields }: Profile, measured: readonly ExportField[]): ExportField[] {
  if (fields === null) return measured.filter(({ isHidden }) => isHidden !== true);
  const byElement = new Map(measured.map((field) => [field.element, field]));
  return fields.flatMap((field) => profileField(field, byElement) ?? []);
}

/** Null when there is nothing that measures it. */
function profileField(field: ProfileField, measured: ReadonlyMap<string, ExportField>): ExportField | null {
  if (typeof field === 'string') return measured.get(field) ?? null;
  const { isDefault = false, onlyWith, ...changes } = field;
  if (onlyWith !== undefined && !measured.has(onlyWith)) return null;
  const known = measured.get(field.element);
  if (isDefault && known !== undefined) {
    const { octets = known.octets, when = known.when } = changes;
    return { ...known, ...(octets === undefined ? {} : { octets }), ...(when === undefined ? {} : { when }) };
  }
  const { source = known?.source, format = known?.format } = changes;
  if (source === undefined || format === undefined) return null;
  // What stands elsewhere in the record tells its twin itself; for the others the same is changed in the twin.
  const twin = known?.twin && changes.source === undefined ? { ...known.twin, ...changes } : null;
  return { ...known, twin, ...changes, source, format };
}

/** In the unit of time and the kind of counters that is asked for. */
function elementName(name: string, time: TimeUnit, counters: CounterKind): string {
  return name
    .replace(FLOW_TIMES, `$1${TIME_ELEMENT_UNITS[time]}`)
    .replace(FLOW_COUNTERS, counters === 'total' ? '$1TotalCount' : '$1DeltaCount');
}
