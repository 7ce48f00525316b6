import { Base, Present } from '../flow/flow-field.js';
import type { ClosedFlows } from '../flow/closed-flows.js';
import type { ExportField } from './flow-fields.js';

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
  readonly #byElement: ReadonlyMap<string, ExportField>;

  /**
   * @param table all fields, those of reverse elements and hidden ones included
   * @param isUniflow biflows become two records without reverse elements
   */
  constructor(
    table: readonly ExportField[],
    readonly isUniflow: boolean,
  ) {
    this.#byElement = new Map(table.map((field) => [field.element, field]));
    const chosen = table.filter((field) => field.isHidden !== true);
    this.fields = isUniflow ? chosen.filter((field) => !(conditionOf(field) & Present.Reverse)) : chosen;
    // In uniflow mode whether there is a reverse direction decides how many records there are, not which fields they have.
    this.conditions = this.fields.reduce(
      (sum, field) => sum | conditionOf(field),
      isUniflow ? Present.Reverse | Present.Icmp : Present.Always,
    );
  }

  of(conditions: number): RecordFields {
    const forward = this.fields.filter((field) => (conditions & conditionOf(field)) === conditionOf(field));
    if (!this.isUniflow || !(conditions & Present.Reverse)) return { forward, reverse: null };
    const isIcmp = (conditions & Present.Icmp) !== 0;
    return { forward, reverse: forward.map((field) => this.#reversed(field, isIcmp)) };
  }

  /**
   * The field with the value that its element has in the other direction: that of the reverse element, or of the other
   * end, or, where the flow has only one, such as its id, the same. Type and code of ICMP belong to both directions.
   */
  #reversed(field: ExportField, isIcmp: boolean): ExportField {
    const { element } = field;
    if (isIcmp && element.endsWith('TransportPort')) return field;
    const twin =
      this.#byElement.get(`reverse${element.charAt(0).toUpperCase()}${element.slice(1)}`) ??
      this.#byElement.get(otherEnd(element));
    return twin === undefined ? field : { ...twin, element };
  }
}

function conditionOf(field: ExportField): number {
  return field.when ?? Present.Always;
}

/** `source…` for `destination…` and the other way round. */
function otherEnd(element: string): string {
  return element.replace(/[sS]ource|[dD]estination/, (end) => {
    if (end.endsWith('ource')) return end.startsWith('s') ? 'destination' : 'Destination';
    return end.startsWith('d') ? 'source' : 'Source';
  });
}

/** First word of the part of a closed record that the field's `source` counts from. */
export function baseOffset(field: ExportField, closed: ClosedFlows): number {
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
