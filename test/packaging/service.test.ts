import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { SETTING_GROUPS, SETTING_KEYS, settingOf } from '../../src/config/settings.js';
import { Configuration } from '../../src/config/configuration.js';
import { readConfigurationFile } from '../../src/config/configuration-file.js';
import { run, temporaryFolder, weir } from '../support/run-weir.js';
import { missing } from './programs.js';

/** What a service needs beside the program: unit, default configuration, man page. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (name: string): string => fs.readFileSync(path.join(root, name), 'utf8');

describe.each(['weir.service', 'weir@.service'])('config/systemd/%s', (unit) => {
  const reason = missing(['systemd-analyze']);

  it.skipIf(reason !== null)(`is rated below 2.0${reason ?? ''}`, async () => {
    const file = path.join(root, 'config/systemd', unit);
    const { stdout } = await run('systemd-analyze', ['security', '--offline=true', file]);
    const rating = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1];
    expect(Number(rating)).toBeLessThan(2);
  });

  it.skipIf(reason !== null)(`is verified without a word${reason ?? ''}`, async () => {
    // weir is not installed where this runs: the program of this tree stands in.
    const installed = path.join(temporaryFolder(), unit);
    fs.writeFileSync(
      installed,
      text(`config/systemd/${unit}`).replaceAll('/usr/bin/weir', path.join(root, 'bin/weir')),
    );
    expect(await run('systemd-analyze', ['verify', '--man=no', installed])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('calls a command with options that there are', () => {
    const [, line] = /^ExecStart=\/usr\/bin\/weir live (.*)$/m.exec(text(`config/systemd/${unit}`)) ?? [];
    const known = SETTING_KEYS.map(settingOf).flatMap(({ alias, option }) => [`-${alias}`, `--${option}`]);
    const written = line.split(' ').filter((word) => word.startsWith('-'));
    expect(written.filter((word) => ![...known, '-c'].includes(word))).toEqual([]);
  });
});

it('both units are sandboxed alike', () => {
  const sandbox = (unit: string): string => text(`config/systemd/${unit}`).split('# Packet capture needs')[1];
  expect(sandbox('weir.service')).toContain('ProtectSystem=strict');
  expect(sandbox('weir@.service')).toBe(sandbox('weir.service'));
});

describe('config/weir.yaml', () => {
  const written = text('config/weir.yaml');

  it('is what the settings give', async () => {
    const script = path.join(root, 'scripts/generate-default-configuration.mjs');
    expect(await run(process.execPath, [script, '--check'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('has no fault', async () => {
    expect(await weir(['config', 'check', path.join(root, 'config/weir.yaml')])).toMatchObject({ exitCode: 0 });
  });

  it('has every setting of weir live, commented out with its default', () => {
    const uncommented = written.replaceAll(/^( *)#(\w+: )/gm, '$1$2');
    const layer = readConfigurationFile(uncommented, 'weir.yaml');
    const live = SETTING_KEYS.filter((key) => settingOf(key).commands.includes('live'));
    expect(layer.faults).toEqual([]);
    expect(layer.given.map(({ key }) => key).sort()).toEqual([...live].sort());
    const configuration = new Configuration([layer]);
    const defaults = new Configuration([]);
    const set = Object.keys(flat(parse(written)));
    for (const key of live) {
      if (settingOf(key).standard === null || set.includes(key)) continue;
      expect.soft(configuration.get(key), key).toEqual(defaults.get(key));
    }
  });
});

describe('man/weir.1', () => {
  it('is what settings and commands give', async () => {
    const script = path.join(root, 'scripts/generate-man.mjs');
    expect(await run(process.execPath, [script, '--check'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('tells of every setting', () => {
    const page = text('man/weir.1').replaceAll('\\-', '-');
    for (const { settings } of SETTING_GROUPS)
      for (const { option } of Object.values(settings)) expect.soft(page).toContain(`--${option}\\fR`);
  });

  const reason = missing(['groff']);
  it.skipIf(reason !== null)(`is set by groff without a warning${reason ?? ''}`, async () => {
    const words = ['-man', '-Tascii', '-P-cbou', '-ww', '-rCHECKSTYLE=1', path.join(root, 'man/weir.1')];
    const { exitCode, stdout, stderr } = await run('groff', words);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('SETTINGS');
  });
});

/** Nested keys as paths. */
function flat(value: unknown, prefix = ''): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { [prefix]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, each]) => flat(each, prefix === '' ? key : `${prefix}.${key}`)),
  ) as Record<string, unknown>;
}
