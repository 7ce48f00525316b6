/** What `weir ctl` and `weir top` ask a sensor for on its control socket: a JSON object a line, `{"command": …}`. */
export const CONTROL_COMMANDS = ['status', 'flows', 'flush', 'reload', 'rotate', 'templates', 'top'] as const;
export type ControlCommand = (typeof CONTROL_COMMANDS)[number];

/** The answer, a line: what was asked for, or why not. */
export type ControlAnswer =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: string };

/** Where a sensor listens unless it is told otherwise. */
export const DEFAULT_SOCKET = '/run/weir/weir.sock';

export const CONTROL_LIMITS = {
  requestOctets: 65_536,
  connections: 16,
  /** A connection without requests is closed after so long. */
  idleMs: 120_000,
  /** Flows in one answer. */
  flows: 10_000,
  talkers: 100,
} as const;
