import { suggestion } from '../../config/nearest.js';
import { Present } from '../../flow/flow-field.js';
import { type ExportField, keyOf } from './export-field.js';

/**
 * The fields of these names, in this order, members of the record itself last; in JSON with objects in the order of the table, which keeps those of one object
 * together. Throws a RangeError when there is no such field, when a name comes twice, or when there would be records without
 * any field: a Template without fields means something else (RFC 7011 §8.1).
 * @param table what there is to choose from
 * @param where what the records are, for the error
 */
export function selectFields(table: readonly ExportField[], names: readonly string[], where: string): ExportField[] {
  const known = [...new Set(table.map(keyOf))];
  names.forEach((name, n) => {
    if (!known.includes(name)) {
      const near = suggestion(name, known);
      throw new RangeError(
        `option fields: no field '${name}' in ${where}${near}, expected some of ${known.join(', ')}`,
      );
    }
    if (names.indexOf(name) !== n)
      throw new RangeError(`option fields: '${name}' is named twice, expected each name once`);
  });
  const isNested = known.some((name) => name.includes('.'));
  // A name may be that of several fields, of which a record has one.
  const fields = isNested
    ? table.filter((field) => names.includes(keyOf(field)))
    : names.flatMap((name) => table.filter((field) => keyOf(field) === name));
  const isMembers = ({ textType }: ExportField): boolean => textType === 'members';
  if (fields.some((field) => isInEveryRecord(field, fields))) {
    return [...fields.filter((field) => !isMembers(field)), ...fields.filter(isMembers)];
  }
  const example = table.find((field) => isInEveryRecord(field, table)) ?? table[0];
  throw new RangeError(
    `option fields '${names.join(',')}': expected at least one that every record has, such as ${keyOf(example)}`,
  );
}

/** Some fields stand in for each other: one has the condition that the other must not have. */
function isInEveryRecord(field: ExportField, all: readonly ExportField[]): boolean {
  const { textType, family, when = Present.Always, unless = Present.Always } = field;
  if (textType === 'members' || family !== undefined || when !== Present.Always) return false;
  return unless === Present.Always || all.some((other) => keyOf(other) === keyOf(field) && other.when === unless);
}
