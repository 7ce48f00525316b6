import { APPLICATION_ENGINE } from '../dpi/flow-state.js';
import { REGISTRY } from '../dpi/registry.js';
import type { ExportedApplication } from '../export/options/options-record.js';

/** The applications that labels may name, with the ids that `applicationId` has for them. */
export function exportedApplications(): ExportedApplication[] {
  return REGISTRY.all.map(({ protocol, label }) => {
    const id = Buffer.alloc(4);
    id.writeInt32BE(APPLICATION_ENGINE | label);
    return { id, name: protocol.name };
  });
}
