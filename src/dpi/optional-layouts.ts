import type { Meter } from '../flow/meter.js';
import { DPI_LAYOUT } from './dpi-layout.js';
import { payloadLayout } from './payload-layout.js';
import type { PayloadSettings } from './payload-settings.js';

/** How the rows of the meters that run when they are asked for look to those that do not measure, in the order in which these run. */
export function optionalLayouts({
  dpi,
  payload,
}: {
  /** Null or false without deep packet inspection. */
  readonly dpi: object | boolean | null;
  readonly payload: PayloadSettings | null;
}): readonly Pick<Meter, 'name' | 'words' | 'fields'>[] {
  return [
    ...(payload === null ? [] : [payloadLayout(payload)]),
    ...(dpi === null || dpi === false ? [] : [DPI_LAYOUT]),
  ];
}
