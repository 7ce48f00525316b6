import type { PayloadSettings } from '../dpi/payload-settings.js';
import type { ExportField } from './fields/export-field.js';
import type { FieldSpecifier } from './ipfix/ipfix-template.js';
import type { FirstValues } from './ipfix/first-values.js';
import type { YafDetails } from './ipfix/yaf/yaf-details.js';
import type { InformationModel } from '../ipfix/information-model.js';

/** Writes a name of a record whose words of inspection begin at `w`; answers where it ends. */
type NameWriter = (octets: Uint8Array, at: number, words: Int32Array, w: number) => number;

/**
 * What records have of inspected payload, and how it is written. All of it follows from the list of protocols, which is
 * loaded only when payload is inspected or measured: so exporters are handed it, with the fields that need it
 * (`ExportField.inspection`), and import none of it.
 */
export interface InspectionExport {
  /** The fields of what inspection finds, and of what payload begins with. */
  metadataFields(): ExportField[];
  payloadFields(): ExportField[];
  /** Octets of a label's name at most. */
  readonly longestLabel: number;
  readonly writeApplication: NameWriter;
  readonly writeProtocol: NameWriter;
  readonly writeLabelPath: NameWriter;
  /** Writes the metadata from `from` to `to` of `source` as members of a JSON object, each with a comma in front. */
  writeMetadata(octets: Uint8Array, at: number, source: Uint8Array, from: number, to: number): number;
  /** Writes the octets of the first item of that element in hexadecimal, nothing without such an item. */
  writeOctetsOf(octets: Uint8Array, at: number, source: Uint8Array, from: number, to: number, element: number): number;
  /** Number of the first element that a field of `DerivedFormat.FirstValue` may come from. */
  elementOf(field: number): number;
  firstValues(fields: readonly ExportField[], model: InformationModel): FirstValues;
  /** @param entropySource word of entropy counted from the start of a row, -1 when there is none */
  yafDetails(entropySource: number, isUniflow: boolean): YafDetails;
  /** The fields of all Templates of `yafDetails`. */
  detailSpecifiers(): FieldSpecifier[];
}

/** What of a run's flows is inspected and measured, for the fields of its records. */
export interface Inspected {
  /** Deep packet inspection ran behind the meters: records have labels and metadata. */
  readonly labels: boolean;
  /** What of payload itself was measured; null: nothing. */
  readonly payload: PayloadSettings | null;
  readonly by: InspectionExport;
}
