import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { Configuration, ConfigurationError } from '../../../src/config/configuration.js';
import { readConfigurationFile } from '../../../src/config/configuration-file.js';
import { SETTING_KEYS, settingOf } from '../../../src/config/settings.js';
import { run } from '../../support/run-weir.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const schema = JSON.parse(fs.readFileSync(path.join(root, 'config/weir.schema.json'), 'utf8')) as object;
const validate = new Ajv({ allowUnionTypes: true, allErrors: true, validateSchema: true }).compile(schema);

/** The file as the program takes it. */
function isAccepted(text: string): boolean {
  try {
    new Configuration([readConfigurationFile(text, 'weir.yaml')]);
    return true;
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
}

it('config/weir.schema.json is what the settings give', async () => {
  const script = path.join(root, 'scripts/generate-schema.mjs');
  expect(await run(process.execPath, [script, '--check'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

describe('schema and program agree that', () => {
  it.each([
    'flow: { idleTimeout: 30s, activeTimeout: 1800, maxFlows: 100, vlanInKey: false }',
    'flow:\nrecords: { time: us, uniflow: true }',
    'tunnels: { decap: all, ports: { vxlan: [4789, 4790], gtp: 2152, geneve: "6081,6082" } }',
    'outputs: "-"',
    'outputs: [a.ipfix, { to: b.csv, rotate: 5m, size: 5, uniflow: true }]',
    'workers: auto',
    'workers: 2',
    'capture: { interfaces: [eth0, eth1], bufferSize: 64MiB }',
    'input: { from: 2026-01-15T10:30:00Z, to: 1800000000 }',
  ])('%j is right', (text) => {
    expect(isAccepted(text)).toBe(true);
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    'flow: { idleTimeot: 30s }',
    'flow: { idleTimeout: 30x }',
    'flow: { idleTimeout: true }',
    'flow: { maxFlows: 0 }',
    'flow: { vlanInKey: 1 }',
    'records: { time: s }',
    'tunnels: { decap: [grx] }',
    'tunnels: { ports: { vxlan: 0 } }',
    'outputs: [{ rotate: 5m }]',
    'workers: some',
    'flow: 5',
  ])('%j is wrong', (text) => {
    expect(isAccepted(text)).toBe(false);
    expect(validate(parse(text))).toBe(false);
  });

  it.each(SETTING_KEYS.filter((key) => settingOf(key).standard !== null))('the default of %s is right', (key) => {
    const words = key.split('.');
    const at = words.reduce<{ properties?: Record<string, object> }>(
      (node, word) => node.properties?.[word] ?? {},
      schema,
    );
    const nested = words.reduceRight<unknown>(
      (value, word) => ({ [word]: value }),
      (at as { default: unknown }).default,
    );
    expect(isAccepted(JSON.stringify(nested))).toBe(true);
    expect(validate(nested), JSON.stringify(validate.errors)).toBe(true);
  });
});
