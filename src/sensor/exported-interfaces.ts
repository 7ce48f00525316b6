import type { InterfaceTable } from '../capture/interface-table.js';
import type { ExportedInterface } from '../export/options/options-record.js';

/** The interfaces of a run as an exporter names them: counted from 1, with the capture that they come from. */
export function exportedInterfaces({ rows }: InterfaceTable): ExportedInterface[] {
  return rows.map(({ name, input, id }, row) => ({
    number: row + 1,
    name,
    description: `interface ${id} of ${input}`,
  }));
}
