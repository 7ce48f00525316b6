import { LONGEST_LABEL, writeApplication, writeLabelPath, writeProtocol } from '../dpi/label-path.js';
import { METADATA_FIELDS, metadataFields, payloadFields } from './fields/metadata-fields.js';
import type { InspectionExport } from './inspection-export.js';
import { FirstValues } from './ipfix/first-values.js';
import { detailSpecifiers, YafDetails } from './ipfix/yaf/yaf-details.js';
import { writeMetadata, writeOctetsOf } from './text/metadata-text.js';

/** What brings the list of protocols to the exporters. */
export const INSPECTION: InspectionExport = {
  metadataFields,
  payloadFields,
  longestLabel: LONGEST_LABEL,
  writeApplication,
  writeProtocol,
  writeLabelPath,
  writeMetadata,
  writeOctetsOf,
  elementOf: (field) => METADATA_FIELDS[field].numbers[0],
  firstValues: (fields, model) => new FirstValues(fields, model),
  yafDetails: (entropySource, isUniflow) => new YafDetails(entropySource, isUniflow),
  detailSpecifiers,
};
