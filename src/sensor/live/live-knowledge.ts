import type { LiveSettings } from '../../config/live-settings.js';
import type { ExporterKnowledge } from '../../export/options/options-record.js';
import type { Inspection } from '../inspection.js';
import type { OpenedInterface } from './worker-messages.js';

/** What a sensor tells collectors of the numbers in its records. */
export function liveKnowledge(
  opened: readonly OpenedInterface[],
  { interfaceInKey, dpi }: Pick<LiveSettings, 'interfaceInKey' | 'dpi'>,
  inspection: Inspection | null,
): ExporterKnowledge {
  const interfaces = opened.map(({ number, name, backend }) => ({
    number,
    name,
    description: `captured by ${backend}`,
  }));
  return {
    // Records name interfaces only where these are part of the flow key.
    ...(interfaceInKey ? { interfaces: () => interfaces } : {}),
    ...(dpi === null || inspection === null ? {} : { applications: inspection.exportedApplications }),
  };
}
