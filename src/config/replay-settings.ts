import type { DpiSettings } from '../dpi/dpi-settings.js';
import type { TimeUnit } from '../export/flow-fields.js';

/** What `weir replay` is asked to do; all units in the names. */
export interface ReplaySettings {
  /** Files and `-`, in the order in which they are read. */
  readonly inputs: readonly string[];
  /** Paths; `-` is JSON lines on standard output. */
  readonly outputs: readonly string[];
  readonly uniflow: boolean;
  readonly observationDomain: number;
  /** Resolution of the exported time stamps. */
  readonly time: TimeUnit;
  readonly idleTimeoutUs: number;
  readonly activeTimeoutUs: number;
  readonly maxFlows: number;
  /** Packets before the first and from the second moment on are left out (and counted). */
  readonly fromUs: number;
  readonly toUs: number;
  readonly vlanInKey: boolean;
  readonly interfaceInKey: boolean;
  /** Names of the tunnels to look into. */
  readonly decap: readonly string[];
  /** UDP ports of tunnels, in place of the registered ones. */
  readonly tunnelPorts: Readonly<Record<string, readonly number[]>>;
  readonly workers: number;
  /** Deep packet inspection; off when null or left out. */
  readonly dpi?: DpiSettings | null;
}

export const DEFAULTS = {
  idleTimeout: '30s',
  activeTimeout: '30m',
  maxFlows: 2_000_000,
  observationDomain: 0,
  time: 'ms',
} as const;
