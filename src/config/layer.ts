import type { SettingKey } from './settings.js';

/** Where a value may come from; what stands further on the right goes before what stands on the left. */
export const SOURCES = ['default', 'file', 'environment', 'command line'] as const;
export type Source = (typeof SOURCES)[number];

/** A setting as it was written somewhere. */
export interface Given {
  readonly key: SettingKey;
  /** What was written: one text, or the items of a list. */
  readonly texts: readonly string[];
  readonly source: Source;
  /** How messages name it: `--idle-timeout`, `WEIR_FLOW_IDLE_TIMEOUT`, `weir.yaml:3:16: flow.idleTimeout`. */
  readonly where: string;
}

/** What one source gives, with the faults found while reading it: one line each, naming where. */
export interface Layer {
  readonly given: Given[];
  readonly faults: string[];
}
