import { describe, expect, it } from 'vitest';

import { Configuration } from '../../../src/config/configuration.js';
import { environmentName } from '../../../src/config/setting.js';
import { SETTING_KEYS, settingOf, SETTINGS } from '../../../src/config/settings.js';

describe('the table of settings', () => {
  it('has every setting in one group', () => {
    expect([...SETTING_KEYS].sort()).toEqual(Object.keys(SETTINGS).sort());
  });

  it('names every option, letter and environment variable once', () => {
    const settings = SETTING_KEYS.map(settingOf);
    for (const names of [
      settings.map(({ option }) => option),
      settings.flatMap(({ alias }) => alias ?? []),
      SETTING_KEYS.map(environmentName),
    ])
      expect(new Set(names).size).toBe(names.length);
  });

  it('has help of one line without a full stop, and sentences beyond it', () => {
    for (const key of SETTING_KEYS) {
      const { help, more } = settingOf(key);
      expect.soft(help, key).toMatch(/^[A-Z][^\n]*[^.\n]$/);
      if (more !== undefined) expect.soft(more, key).toMatch(/\.$/);
    }
  });

  it('has defaults that are allowed', () => {
    const configuration = new Configuration([]);
    for (const key of SETTING_KEYS) {
      const { standard, type } = settingOf(key);
      if (standard === null && type.form !== 'many') expect.soft(configuration.find(key), key).toBeUndefined();
      else expect.soft(configuration.get(key), key).toBeDefined();
    }
  });

  it.each([
    ['flow.idleTimeout', 'WEIR_FLOW_IDLE_TIMEOUT'],
    ['outputs', 'WEIR_OUTPUTS'],
    ['tunnels.ports.vxlan', 'WEIR_TUNNELS_PORTS_VXLAN'],
  ])('%s is %s in the environment', (key, name) => {
    expect(environmentName(key)).toBe(name);
  });
});
