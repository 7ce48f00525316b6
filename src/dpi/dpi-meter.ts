import type { Meter } from '../flow/meter.js';
import { DPI_LAYOUT } from './dpi-layout.js';
import type { DpiSettings } from './dpi-settings.js';
import { Inspector } from './inspector.js';

/** Deep packet inspection as a meter: beside the pass it settles labels and metadata when flows end. */
export function createDpiMeter(settings: DpiSettings): { meter: Meter; inspector: Inspector } {
  const inspector = new Inspector(settings);
  const meter: Meter = {
    ...DPI_LAYOUT,
    update: (batch, from, to, store, offset) => inspector.update(batch, from, to, store, offset),
    present: (store, flow, offset) => inspector.present(store, flow, offset),
    retime: (deltaUs) => inspector.retime(deltaUs),
    close: (store, flow, offset, closed, row) => inspector.close(store, flow, offset, closed, row),
  };
  return { meter, inspector };
}
