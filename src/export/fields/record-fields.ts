import { Base, Format, Present } from '../../flow/flow-field.js';
import type { ClosedFlows } from '../../flow/closed-flows.js';
import { DerivedFormat, type ExportField, keyOf } from './export-field.js';

/** The fields of one kind of record. */
export interface RecordFields {
  readonly forward: readonly ExportField[];
  /** Uniflow mode, of a biflow: the same elements as they are told by the responder's direction. */
  readonly reverse: readonly ExportField[] | null;
}

/** Which fields of a table a record has, by its conditions (`Present` and `Condition` bits). */
export class FieldSelection {
  /** All fields that any record may have, in export order. */
  readonly fields: readonly ExportField[];
  /** The conditions that matter: records that agree in these have the same fields. */
  readonly conditions: number;

  /**
   * @param table all fields, those of reverse elements included
   * @param isUniflow biflows become two records without reverse elements
   */
  constructor(
    table: readonly ExportField[],
    readonly isUniflow: boolean,
  ) {
    this.fields = isUniflow ? table.filter(({ when = 0 }) => !(when & Present.Reverse)) : table;
    // In uniflow mode whether there is a reverse direction decides how many records there are, not which fields they have.
    this.conditions = this.fields.reduce(
      (sum, { when = 0, unless = 0 }) => sum | when | unless,
      isUniflow ? Present.Reverse | Present.Icmp : Present.Always,
    );
  }

  /** @param families of which the record has metadata */
  of(conditions: number, families: readonly number[] = []): RecordFields {
    const isBiflow = (conditions & Present.Reverse) !== 0;
    const holding = this.isUniflow ? conditions & ~Present.Reverse : conditions;
    const forward = this.fields.filter(
      ({ when = 0, unless = 0, family }) =>
        (holding & when) === when && (holding & unless) === 0 && (family === undefined || families.includes(family)),
    );
    if (!this.isUniflow || !isBiflow) return { forward, reverse: null };
    const isIcmp = (conditions & Present.Icmp) !== 0;
    return { forward, reverse: forward.map((field) => reversed(field, isIcmp)) };
  }
}

/**
 * The field with the value that its element has in the other direction: that of the reverse element, or of the other end, or,
 * where the flow has only one, such as its id, the same. Type and code of ICMP belong to both directions.
 */
function reversed(field: ExportField, isIcmp: boolean): ExportField {
  const { twin = null } = field;
  if (twin === null || (isIcmp && isPort(field))) return field;
  return { ...twin, element: field.element, key: keyOf(field) };
}

function isPort({ element }: ExportField): boolean {
  return element.endsWith('TransportPort');
}

/** Where the field's value stands, counted from the start of a closed record: a word, or a 64-bit float. */
export function sourceOf(field: ExportField, closed: ClosedFlows): number {
  const base = baseOffset(field, closed);
  return (isFloat(field) ? base / 2 : base) + field.source;
}

function isFloat({ format, bits }: ExportField): boolean {
  switch (format) {
    case Format.Float:
    case Format.Time:
    case DerivedFormat.Ordinal:
    case DerivedFormat.Uptime:
    case DerivedFormat.ReverseDelta:
    case DerivedFormat.Duration:
    case DerivedFormat.OffsetTime:
      return true;
    case DerivedFormat.Sum:
      return bits === 64;
    default:
      return false;
  }
}

/** First word of the part of a closed record that the field's `source` counts from. */
function baseOffset(field: ExportField, closed: ClosedFlows): number {
  switch (field.base ?? Base.Record) {
    case Base.Record:
      return 0;
    case Base.Extension:
      return closed.extensionOffset;
    case Base.Tunnel:
      return closed.tunnelOffset;
    case Base.Mpls:
      return closed.mplsOffset;
    default:
      throw new RangeError(`${field.element}: unknown base ${field.base}`);
  }
}
