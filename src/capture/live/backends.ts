import { CaptureError } from '../capture-error.js';
import type { InterfaceTable } from '../interface-table.js';
import type { Backend, LiveCapture, LiveOptions } from '../live-capture.js';

/** The back-ends, the best first. */
export const BACKENDS: readonly Backend[] = [];

export const BACKEND_NAMES: readonly string[] = BACKENDS.map(({ name }) => name);

/**
 * Opens `options.interfaceName` for capture with the back-end named.
 * Throws a `CaptureError` that says what is missing and what to do about it.
 */
export function openLive(backend: string, options: LiveOptions, interfaces: InterfaceTable): LiveCapture {
  const found = BACKENDS.find(({ name }) => name === backend);
  if (found === undefined) throw new CaptureError('usage', backend, `expected ${BACKEND_NAMES.join(', ')}`);
  const missing = found.missing();
  if (missing !== null) throw new CaptureError('unreadable', options.interfaceName, missing);
  return found.open(options, interfaces);
}
