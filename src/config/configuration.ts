import { type Given, type Layer, SOURCES } from './layer.js';
import { SETTING_KEYS, type SettingKey, settingOf, type SettingValue } from './settings.js';
import { UnitError } from './units.js';

/** The settings are not what they have to be; nothing has been done. One fault a line, each with where it stands. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/** The effective value of every setting, and where it comes from. */
export class Configuration {
  readonly #given: ReadonlyMap<SettingKey, Given>;
  readonly #values: ReadonlyMap<SettingKey, unknown>;

  /**
   * Lays `layers` over the defaults: the command line goes before the environment, that before the file. Throws a
   * `ConfigurationError` with all faults.
   */
  constructor(layers: readonly Layer[]) {
    const faults = layers.flatMap((layer) => layer.faults);
    const given = new Map<SettingKey, Given>();
    const values = new Map<SettingKey, unknown>();
    for (const each of inOrder(layers)) {
      try {
        values.set(each.key, valueOf(each));
        given.set(each.key, each);
      } catch (error) {
        if (!(error instanceof UnitError)) throw error;
        faults.push(`${each.where} ${error.message}`);
      }
    }
    if (faults.length > 0) throw new ConfigurationError(faults);
    this.#given = given;
    this.#values = values;
  }

  /** Value of a setting that has a default, or is a list. Durations are µs, sizes octets. */
  get<K extends SettingKey>(key: K): SettingValue<K> {
    const value = this.#values.get(key);
    if (value === undefined) throw new RangeError(`${key} has no default: ask for it with find()`);
    return value as SettingValue<K>;
  }

  /** Value of a setting; undefined when it has none. */
  find<K extends SettingKey>(key: K): SettingValue<K> | undefined {
    return this.#values.get(key) as SettingValue<K> | undefined;
  }

  /** How the setting was written and where. */
  origin(key: SettingKey): Given {
    return this.#given.get(key) ?? standardOf(key);
  }
}

function standardOf(key: SettingKey): Given {
  const { standard } = settingOf(key);
  return { key, texts: standard === null ? [] : [standard], source: 'default', where: key };
}

function inOrder(layers: readonly Layer[]): Given[] {
  const all = [...SETTING_KEYS.map(standardOf), ...layers.flatMap((layer) => layer.given)];
  return SOURCES.flatMap((source) => all.filter((each) => each.source === source));
}

function valueOf({ key, texts }: Given): unknown {
  const { type } = settingOf(key);
  return texts.length === 0 && type.form !== 'many' ? undefined : type.parse(texts);
}
