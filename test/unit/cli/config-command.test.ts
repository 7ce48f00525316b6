import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { bundled, temporaryFolder, weir } from '../../support/run-weir.js';

function fileWith(text: string): string {
  const file = path.join(temporaryFolder(), 'weir.yaml');
  fs.writeFileSync(file, text);
  return file;
}

describe('weir config check', () => {
  it('is content with a file without faults', async () => {
    const file = fileWith('flow: { idleTimeout: 10s }\noutputs: [a.ipfix]\n');
    expect(await weir(['config', 'check', file])).toEqual({ exitCode: 0, stdout: `${file}: no fault\n`, stderr: '' });
  });

  it('tells each fault on a line with its place', async () => {
    const file = fileWith('flow:\n  idleTimeout: 10x\nworkerz: 2\n');
    const { exitCode, stdout, stderr } = await weir(['config', 'check', file]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining(`${file}:3:1: workerz: no setting has this key; did you mean workers?`),
      expect.stringContaining(`${file}:2:16: flow.idleTimeout '10x' is no duration`),
    ]);
  });

  it('knows outputs that no run could open', async () => {
    const file = fileWith('outputs:\n  - flows.xls\n');
    const { exitCode, stderr } = await weir(['config', 'check', file]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${file}:2:3: outputs: output 'flows.xls': expected`);
  });

  it('looks at the file alone, and says when it is not there', async () => {
    vi.stubEnv('WEIR_FLOW_MAX_FLOWS', 'many');
    const file = fileWith('');
    const { exitCode } = await weir(['config', 'check', file]);
    vi.unstubAllEnvs();
    expect(exitCode).toBe(0);
    expect(await weir(['config', 'check', `${file}.no`])).toMatchObject({
      exitCode: 2,
      stderr: `weir: ${file}.no: no such file\nweir config --help tells more.\n`,
    });
  });
});

describe('weir config explain', () => {
  it('lists all settings', async () => {
    const { exitCode, stdout } = await weir(['config', 'explain']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^flow\.idleTimeout +A flow silent/m);
    expect(stdout).toMatch(/^outputs +Where records go/m);
  });

  it('tells of a group all its settings', async () => {
    const { stdout } = await weir(['config', 'explain', 'tunnels.ports']);
    expect(stdout.match(/^tunnels\.ports\.\w+$/gm)).toHaveLength(7);
  });

  it('names what was probably meant', async () => {
    const { exitCode, stderr } = await weir(['config', 'explain', 'idleTimeout']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("no setting is called 'idleTimeout'; did you mean flow.idleTimeout?");
    const unlike = await weir(['config', 'explain', 'zebra']);
    expect(unlike.stderr).toContain("no setting is called 'zebra'; weir config explain lists all");
  });
});

describe('weir config print', () => {
  it('shows the effective value of every setting, with unit and origin, for programs', async () => {
    const file = fileWith('flow:\n  idleTimeout: 10s\n');
    vi.stubEnv('WEIR_OUTPUTS', 'a.ipfix b.csv');
    const { stdout } = await weir(['config', 'print', '-c', file, '--max-flows', '5', '--format', 'json']);
    vi.unstubAllEnvs();
    const settings = JSON.parse(stdout) as Record<string, object>;
    expect(settings['flow.idleTimeout']).toMatchObject({
      value: 10_000_000,
      unit: 'µs',
      written: '10s',
      source: 'file',
      where: `${file}:2:16: flow.idleTimeout`,
      default: '30s',
    });
    expect(settings['flow.maxFlows']).toMatchObject({ value: 5, source: 'command line', where: '--max-flows' });
    expect(settings.outputs).toMatchObject({ value: ['a.ipfix', 'b.csv'], source: 'environment' });
    expect(settings['capture.method']).toMatchObject({ value: 'auto', source: 'default', where: null });
  });

  it('fails like the command would', async () => {
    const { exitCode, stdout, stderr } = await weir(['config', 'print', '--max-flows', '0']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain("--max-flows '0': expected a whole number");
  });
});

it('weir config schema prints the published schema', async () => {
  const { stdout } = await weir(['config', 'schema']);
  const published = fs.readFileSync(new URL('../../../config/weir.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(stdout)).toEqual(JSON.parse(published));
});

describe('a replay', () => {
  it('takes its settings from a file', async () => {
    const folder = temporaryFolder();
    const file = fileWith(`outputs: [${folder}/a.csv]\nstatistics: { format: none }\nflow: { maxFlows: 3 }\n`);
    const { exitCode, stdout, stderr } = await weir(['replay', bundled('dns.pcap'), '-c', file, '--time', 'us']);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(fs.readFileSync(path.join(folder, 'a.csv'), 'utf8')).toMatch(/^flowStartMicroseconds,/);
  });

  it('takes its file from the environment', async () => {
    vi.stubEnv('WEIR_CONFIG', fileWith('statistics: { format: json }'));
    const { stderr } = await weir(['replay', bundled('dns.pcap')]);
    vi.unstubAllEnvs();
    expect(JSON.parse(stderr)).toMatchObject({ ledger: { balanced: true } });
  });

  it('does nothing while the file has a fault', async () => {
    const file = fileWith('flow:\n  maxFlow: 3\n');
    const { exitCode, stdout, stderr } = await weir(['replay', bundled('dns.pcap'), '-c', file]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`weir: ${file}:2:3: flow.maxFlow: no setting has this key; did you mean flow.maxFlows?`);
  });
});
