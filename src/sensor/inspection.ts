import type { OptionalMeters } from '../dpi/optional-meters.js';
import type { Inspected } from '../export/inspection-export.js';
import type * as Parts from './inspection-parts.js';

/** All that inspects and measures payload, and that makes records of what it finds. */
export type Inspection = typeof Parts;

const NOTHING: ReturnType<Inspection['createOptionalMeters']> = { meters: [], inspector: null, payload: null };

/** Loads it when the settings ask for it, null when they do not: its list of protocols is as large as all the rest. */
export async function loadInspection({ dpi = null, payload = null }: OptionalMeters): Promise<Inspection | null> {
  return dpi === null && payload === null ? null : import('./inspection-parts.js');
}

/** The meters that the settings ask for. `inspection` was loaded for these settings. */
export function optionalMeters(
  settings: OptionalMeters,
  inspection: Inspection | null,
): ReturnType<Inspection['createOptionalMeters']> {
  if (inspection !== null) return inspection.createOptionalMeters(settings);
  if ((settings.dpi ?? settings.payload ?? null) !== null) throw new Error('inspection has not been loaded');
  return NOTHING;
}

/** What outputs are to know of it. */
export function inspectedBy(
  inspection: Inspection | null,
  { dpi = null, payload = null }: OptionalMeters,
): Inspected | null {
  return inspection === null ? null : { labels: dpi !== null, payload, by: inspection.INSPECTION };
}
