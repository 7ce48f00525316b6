import type { ValueType } from './value-types.js';

/** Commands that read settings. */
export type MeteringCommand = 'replay' | 'live';

/** What is said of a setting, once; option, environment variable, file, schema and documentation follow from it. */
export interface Setting<T = unknown> {
  readonly type: ValueType<T>;
  /** Name on the command line, without the hyphens in front. */
  readonly option: string;
  /** Its one-letter name. */
  readonly alias?: string;
  /** Read as if it were written; null: there is no value unless one is given. A list that is not given is empty. */
  readonly standard: string | null;
  /** What the option stands for when no value follows it; without this one must follow. */
  readonly bare?: string;
  /** One line, as `--help` shows it. */
  readonly help: string;
  /** What is to be known beyond that, for the documentation. Sentences. */
  readonly more?: string;
  readonly commands: readonly MeteringCommand[];
  /** A running sensor takes a new value over at SIGHUP. */
  readonly reloads: boolean;
}

/** Settings that stand together in help and documentation. Their keys may begin with different words. */
export interface SettingGroup {
  readonly title: string;
  readonly settings: Readonly<Record<string, Setting>>;
}

/** Checks a setting's type against what is said of it, and keeps that type. */
export function setting<T>(of: Setting<T>): Setting<T> {
  return of;
}

export const REPLAY: readonly MeteringCommand[] = ['replay'];
export const LIVE: readonly MeteringCommand[] = ['live'];
export const BOTH: readonly MeteringCommand[] = ['replay', 'live'];

/** `flow.idleTimeout` is `WEIR_FLOW_IDLE_TIMEOUT`. */
export function environmentName(key: string): string {
  return `WEIR_${key.replaceAll('.', '_').replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')}`.toUpperCase();
}
