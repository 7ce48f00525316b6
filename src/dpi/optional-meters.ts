import type { Meter } from '../flow/meter.js';
import { createDpiMeter } from './dpi-meter.js';
import type { DpiSettings } from './dpi-settings.js';
import type { Inspector } from './inspector.js';
import { createPayloadMeter, type PayloadMeter } from './payload-meter.js';
import type { PayloadSettings } from './payload-settings.js';

/** The meters that run when they are asked for; null for off. */
export interface OptionalMeters {
  readonly dpi?: DpiSettings | null;
  readonly payload?: PayloadSettings | null;
}

/** They run behind the others, in this order. */
export function createOptionalMeters({ dpi = null, payload = null }: OptionalMeters): {
  meters: readonly Meter[];
  inspector: Inspector | null;
  payload: PayloadMeter | null;
} {
  const inspection = dpi === null ? null : createDpiMeter(dpi);
  const measured = payload === null ? null : createPayloadMeter(payload, inspection?.inspector.store ?? null);
  return {
    meters: [...(measured === null ? [] : [measured.meter]), ...(inspection === null ? [] : [inspection.meter])],
    inspector: inspection?.inspector ?? null,
    payload: measured?.payload ?? null,
  };
}
