/** What `loadInspection` loads; nothing else that a run needs without inspection may import the list of protocols. */
export { createOptionalMeters } from '../dpi/optional-meters.js';
export { INSPECTION } from '../export/inspection.js';
export { applicationNamed, exportedApplications } from './exported-applications.js';
