import { type ExportField, flowFields, type FlowFieldOptions } from './flow-fields.js';
import type { OptionValues } from '../output-options.js';
import type { FormatName } from '../output-schemes.js';

/** The fields that an output's options ask for. Throws a RangeError that names what there is. */
export function exportTable(
  format: FormatName,
  { profile, counters, fields }: OptionValues,
  uniflow: boolean,
  options: FlowFieldOptions,
): ExportField[] {
  return flowFields({
    ...options,
    format: format === 'json' || format === 'csv' ? format : 'ipfix',
    uniflow,
    ...(profile === undefined ? {} : { profile }),
    ...(counters === undefined ? {} : { counters }),
    ...(fields === undefined ? {} : { fields }),
  });
}
