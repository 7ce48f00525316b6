import fs from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { parseJsonLines } from '../support/canonical.js';
import { bundled, programPath, temporaryFolder, weir } from '../support/run-weir.js';
import { startLive } from '../support/running-program.js';
import { readMessages } from '../unit/ipfix/read-messages.js';

/** Metadata, entropy and payload on their way out: through several workers, from a running sensor, by the command line. */

type Values = Record<string, unknown>;

const CAPTURES = ['demo.pcap', 'ftp-passive.pcap', 'https.pcap', 'dns.pcap'].map(bundled);
const MEASURED = ['--dpi', '--entropy', '--export-payload', '24'];
const PROFILES = ['full', 'cert', 'standard'] as const;

beforeAll(() => void programPath());

function flowsOf(file: string): Values[] {
  const { records, problems } = readMessages(fs.readFileSync(file));
  expect(problems).toEqual([]);
  return records.filter((record) => 'protocolIdentifier' in record);
}

function outputs(folder: string): string[] {
  return [
    ...PROFILES.flatMap((profile) => ['-o', `${path.join(folder, profile)}.ipfix?profile=${profile}`]),
    ...['-o', path.join(folder, 'flows.jsonl'), '-o', path.join(folder, 'flows.csv')],
  ];
}

async function replay(folder: string, ...words: string[]): Promise<Values> {
  const { exitCode, stderr } = await weir(['replay', ...CAPTURES, ...words, ...outputs(folder), '--stats', 'json']);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return JSON.parse(stderr) as Values;
}

describe('metadata, entropy and payload', () => {
  it('are the same for any number of workers, and all lists balance', async () => {
    const [one, three] = [temporaryFolder(), temporaryFolder()];
    const statistics = await replay(one, ...MEASURED);
    expect(statistics).toMatchObject({ payload: { withoutMemory: 0 }, ledger: { balanced: true } });
    await replay(three, ...MEASURED, '--workers', '3');
    for (const profile of PROFILES) {
      const flows = flowsOf(path.join(one, `${profile}.ipfix`));
      expect(flows.length).toBeGreaterThan(100);
      expect(flowsOf(path.join(three, `${profile}.ipfix`))).toEqual(flows);
    }
    for (const name of ['flows.jsonl', 'flows.csv']) {
      expect(fs.readFileSync(path.join(three, name), 'utf8')).toBe(fs.readFileSync(path.join(one, name), 'utf8'));
    }
    const json = parseJsonLines(fs.readFileSync(path.join(one, 'flows.jsonl'), 'utf8'));
    const full = flowsOf(path.join(one, 'full.ipfix'));
    expect(full.map(({ payload }) => payload)).toEqual(json.map(({ payload }) => payload));
    expect(full.map(({ reversePayloadEntropy }) => reversePayloadEntropy)).toEqual(
      json.map(({ reversePayloadEntropy }) => reversePayloadEntropy),
    );
    expect(json.filter(({ payload }) => payload !== undefined).length).toBeGreaterThan(20);
    const [head] = fs.readFileSync(path.join(one, 'flows.csv'), 'utf8').split('\n');
    expect(head.split(',')).toEqual(expect.arrayContaining(['payload', 'payloadEntropy', 'reversePayload']));
  });

  it('without --dpi are entropy and payload alone', async () => {
    const folder = temporaryFolder();
    const statistics = await replay(folder, '--entropy=100', '--workers', '2');
    expect(statistics).not.toHaveProperty('dpi');
    const full = flowsOf(path.join(folder, 'full.ipfix'));
    const cert = flowsOf(path.join(folder, 'cert.ipfix'));
    expect(full.filter(({ payloadEntropy }) => Number(payloadEntropy) > 0).length).toBeGreaterThan(20);
    expect(full.every((flow) => !('payload' in flow) && !('sslServerName' in flow))).toBe(true);
    const lists = cert.flatMap(({ subTemplateMultiList }) => (subTemplateMultiList as { lists: Values[] }).lists);
    expect(new Set(lists.map(({ templateId }) => templateId))).toEqual(new Set([0xc012, 0xc002]));
  });

  it('leave a running sensor as they leave a replay', async () => {
    const endless = ['--idle-timeout', '366d', '--active-timeout', '366d', '--no-interface-in-key', ...MEASURED];
    const [before, after] = [temporaryFolder(), temporaryFolder()];
    const options = (folder: string): string[] =>
      PROFILES.flatMap((each) => ['-o', `${folder}/${each}.ipfix?profile=${each}`]);
    const { exitCode } = await weir(['replay', CAPTURES[0], ...endless, ...options(before), '--stats', 'none']);
    expect(exitCode).toBe(0);
    const live = await startLive(['-i', '-', ...endless, ...options(after)]);
    live.child.stdin?.end(fs.readFileSync(CAPTURES[0]));
    const ended = await live.ended;
    expect(ended).toMatchObject({ exitCode: 0 });
    for (const profile of PROFILES) {
      // Records of cert have no number of their own.
      const sorted = (folder: string): string[] =>
        flowsOf(path.join(folder, `${profile}.ipfix`))
          .map((flow) => JSON.stringify(flow))
          .sort();
      expect(sorted(after)).toEqual(sorted(before));
    }
  });

  it('are shown by weir print', async () => {
    const folder = temporaryFolder();
    await replay(folder, ...MEASURED);
    const fields = 'sIP,sslServerName,httpRequestHost,dnsQName,payloadEntropy,payload';
    const words = ['print', path.join(folder, 'full.ipfix'), '--format', 'json', '--fields', fields];
    const { exitCode, stdout } = await weir(words);
    expect(exitCode).toBe(0);
    const rows = parseJsonLines(stdout);
    expect(rows).toContainEqual(expect.objectContaining({ sslServerName: 'server.example.test' }));
    expect(rows).toContainEqual(expect.objectContaining({ dnsQName: 'server.example.test' }));
    expect(rows.some(({ payload }) => /^[0-9a-f]{48}$/.test(String(payload)))).toBe(true);
  });

  it('have no secrets unless they are asked for, but in payload', async () => {
    const folder = temporaryFolder();
    await replay(folder, '--dpi');
    const [open, raw] = [temporaryFolder(), temporaryFolder()];
    await replay(open, '--dpi', '--dpi-secrets');
    await replay(raw, '--export-payload', '200');
    const all = (where: string): Buffer =>
      Buffer.concat(fs.readdirSync(where).map((name) => fs.readFileSync(path.join(where, name))));
    const json = parseJsonLines(fs.readFileSync(path.join(open, 'flows.jsonl'), 'utf8'));
    const [password] = json.flatMap(
      ({ ftp }) => ((ftp as { password?: string } | undefined)?.password ?? []) as string[],
    );
    expect(password.length).toBeGreaterThan(2);
    expect(all(open).includes(password)).toBe(true);
    expect(all(folder).includes(password)).toBe(false);
    expect(fs.readFileSync(path.join(folder, 'cert.ipfix')).includes('***')).toBe(true);
    expect(fs.readFileSync(path.join(raw, 'full.ipfix')).includes(`PASS ${password}`)).toBe(true);
  });
});
