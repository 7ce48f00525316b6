import { environmentName, type Setting, type SettingGroup } from './setting.js';
import { CAPTURE } from './settings/capture.js';
import { DAEMON } from './settings/daemon.js';
import { DPI, PAYLOAD } from './settings/dpi.js';
import { FLOW } from './settings/flow.js';
import { INPUT } from './settings/input.js';
import { OUTPUTS } from './settings/outputs.js';
import { RUN } from './settings/run.js';
import { TUNNEL_SETTINGS } from './settings/tunnels.js';

const FIXED = { ...INPUT, ...CAPTURE, ...OUTPUTS, ...FLOW, ...DPI, ...PAYLOAD, ...RUN, ...DAEMON };

/**
 * Every setting, by its key: the path under which it stands in the configuration file. Options of the command line,
 * environment variables, file, JSON Schema, documentation and man page all come from here.
 */
export const SETTINGS: typeof FIXED & typeof TUNNEL_SETTINGS = { ...FIXED, ...TUNNEL_SETTINGS };

export type SettingKey = keyof typeof SETTINGS;

/** What a setting is to the program. */
export type SettingValue<K extends SettingKey> = (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;

/** The same in the order and under the titles of help and documentation. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  { title: 'Input', settings: INPUT },
  { title: 'Capture', settings: CAPTURE },
  { title: 'Output', settings: OUTPUTS },
  { title: 'Flows', settings: FLOW },
  { title: 'Tunnels', settings: TUNNEL_SETTINGS },
  { title: 'Deep packet inspection', settings: DPI },
  { title: 'Payload', settings: PAYLOAD },
  { title: 'Run', settings: RUN },
  { title: 'Daemon', settings: DAEMON },
];

export const SETTING_KEYS = SETTING_GROUPS.flatMap(({ settings }) => Object.keys(settings)) as readonly SettingKey[];

/** Key by the name of the environment variable. */
export const KEY_BY_ENVIRONMENT: ReadonlyMap<string, SettingKey> = new Map(
  SETTING_KEYS.map((key) => [environmentName(key), key]),
);

/** The setting without the type of its value. */
export function settingOf(key: SettingKey): Setting {
  return SETTINGS[key];
}

export function isSettingKey(text: string): text is SettingKey {
  return Object.hasOwn(SETTINGS, text);
}
