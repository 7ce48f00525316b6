import { describe, expect, it } from 'vitest';

import { bundledCaptures } from '../support/captures.js';
import { type JsonRecord, parseJsonLines } from '../support/canonical.js';
import { programPath, weir } from '../support/run-weir.js';

programPath();

interface Statistics {
  readonly dpi: { readonly flows: Readonly<Record<string, number>>; readonly labels: Readonly<Record<string, number>> };
}

async function inspected(...words: string[]): Promise<{ records: JsonRecord[]; statistics: Statistics }> {
  const { exitCode, stdout, stderr } = await weir(['replay', '--stats', 'json', '--dpi=all', ...words]);
  expect(exitCode).toBe(0);
  return { records: parseJsonLines(stdout), statistics: JSON.parse(stderr) as Statistics };
}

describe('deep packet inspection', () => {
  it.each(bundledCaptures().filter((file) => /(demo|dns|http|https|dhcp)\.pcap$/.test(file)))(
    'gives the same records with one worker and with two: %s',
    async (file) => {
      const one = await inspected(file, '--workers', '1');
      const two = await inspected(file, '--workers', '2');
      expect(one.records.some(({ applicationName }) => applicationName !== undefined)).toBe(true);
      expect(two.records).toEqual(one.records);
      expect(two.statistics.dpi.flows).toEqual(one.statistics.dpi.flows);
    },
  );

  it('counts flows by what their labels rest on', async () => {
    const file = bundledCaptures().find((name) => name.endsWith('demo.pcap')) as string;
    const { records, statistics } = await inspected(file);
    const { none, ...labelled } = statistics.dpi.flows;
    expect(Object.values(labelled).reduce((total, each) => total + each)).toBe(
      records.filter(({ applicationName }) => applicationName !== undefined).length,
    );
    const dns = records.filter(({ applicationName }) => applicationName === 'dns').length;
    expect(dns).toBeGreaterThan(0);
    expect(statistics.dpi.labels.dns).toBe(dns);
    expect(none + Object.values(labelled).reduce((total, each) => total + each)).toBe(records.length);
  });
});
