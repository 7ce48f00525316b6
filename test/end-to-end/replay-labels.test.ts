import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseJsonLines } from '../support/canonical.js';
import { bundled, programPath, weir } from '../support/run-weir.js';
import { readMessages } from '../unit/ipfix/read-messages.js';

programPath();

const OUTPUTS = {
  standard: 'standard.ipfix',
  full: 'full.ipfix?profile=full',
  cert: 'cert.yaf',
  eve: 'eve.jsonl?profile=eve',
  ecs: 'ecs.jsonl?profile=ecs',
  json: 'json.jsonl',
  last: 'last.jsonl?fields=metadata,protocolIdentifier',
} as const;

/** HTTP flows have labels, ICMP ones have not. */
const CAPTURES = ['http.pcap', 'icmp.pcap'].map(bundled);

describe('labels of deep packet inspection, by profile', () => {
  let folder = '';

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-labels-'));
    const outputs = Object.values(OUTPUTS).flatMap((name) => ['-o', path.join(folder, name)]);
    expect((await weir(['replay', ...CAPTURES, '--dpi', ...outputs])).exitCode).toBe(0);
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  const octets = (name: keyof typeof OUTPUTS): Buffer =>
    fs.readFileSync(path.join(folder, OUTPUTS[name].replace(/\?.*/, '')));
  const flows = (name: 'standard' | 'full' | 'cert'): Record<string, unknown>[] => {
    const { problems, records } = readMessages(octets(name));
    expect(problems).toEqual([]);
    return records.filter((record) => 'protocolIdentifier' in record);
  };
  const lines = (name: 'eve' | 'ecs' | 'json' | 'last'): Record<string, unknown>[] =>
    parseJsonLines(octets(name).toString());
  /** The names in order, undefined for flows without a label. */
  const names = (): unknown[] => lines('json').map(({ applicationName }) => applicationName);

  it('there are flows with and without', () => {
    expect(names()).toContain('http');
    expect(names()).toContain(undefined);
  });

  it.each(['standard', 'full'] as const)('%s has id and name of the application', (profile) => {
    const records = flows(profile);
    expect(records.map(({ applicationName }) => applicationName)).toEqual(names());
    expect(records.map(({ applicationId }) => applicationId)).toEqual(
      lines('json').map(({ applicationId }) => applicationId),
    );
  });

  it('tells the names of all applications once', () => {
    const { records } = readMessages(octets('standard'));
    const list = records.filter((record) => 'applicationId' in record && !('protocolIdentifier' in record));
    expect(list.filter(({ applicationName }) => applicationName === 'http')).toEqual([
      { observationDomainId: 0, applicationId: '06000050', applicationName: 'http' },
    ]);
  });

  it('cert has the label in each record, as YAF has it', () => {
    expect(flows('cert').map(({ silkAppLabel }) => silkAppLabel)).toEqual(
      lines('json').map(({ silkAppLabel = 0 }) => silkAppLabel),
    );
  });

  it('eve and ecs have the name', () => {
    expect(lines('eve').map((record) => record.app_proto)).toEqual(names());
    expect(lines('ecs').map((record) => (record.network as Record<string, unknown>).protocol)).toEqual(names());
  });

  it('metadata is written behind other fields', () => {
    const found = lines('last');
    expect(found.map(({ http }) => http)).toEqual(lines('json').map(({ http }) => http));
    expect(Object.keys(found[0])[0]).toBe('protocolIdentifier');
  });
});
