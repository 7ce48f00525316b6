import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import type { LiveStatus } from '../../src/observe/live-status.js';
import { ControlClient } from '../../src/observe/control-client.js';
import { type JsonRecord, parseJsonLines } from '../support/canonical.js';
import { sharedFolder } from '../support/captures.js';
import type { Frame } from '../support/decode.js';
import { tcpFrames } from '../support/inspect.js';
import { bundled, programPath, temporaryFolder, weir } from '../support/run-weir.js';
import { startLive, until } from '../support/running-program.js';
import { pcap } from '../unit/capture/capture-builder.js';

/** Label rules of the user, from the files to the records. */

programPath();

const RULES = `rules:
  - { name: downloads, number: 65001, expression: '^GET /.*\\r\\n', direction: client }
  - { name: shell, prefix: SSH-, direction: server }
  - { name: lab, number: 65002, networks: 10.0.0.0/8 }
  - { name: port-22, ports: tcp/22 }
`;

/** A file of rules in a folder of its own. */
function fileOf(text: string): string {
  const file = path.join(temporaryFolder(), 'mine.yaml');
  fs.writeFileSync(file, text);
  return file;
}

function captureOf(frames: readonly Frame[], seconds = 1_700_000_000): Uint8Array {
  return pcap(frames.map(({ octets }) => ({ seconds, subseconds: 0, data: octets })));
}

async function replay(capture: string, ...words: string[]): Promise<JsonRecord[]> {
  const { exitCode, stdout, stderr } = await weir(['replay', capture, '-o', '-', '--stats', 'none', ...words]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return parseJsonLines(stdout);
}

function paths(records: readonly JsonRecord[]): unknown[] {
  return [...new Set(records.map(({ applicationPath }) => applicationPath))].sort();
}

describe('label rules', () => {
  it.each([['labels'], ['all']])('label flows, whatever the number of workers: --dpi=%s', async (dpi) => {
    const words = [`--dpi=${dpi}`, '--labels', fileOf(RULES)];
    const one = await replay(bundled('demo.pcap'), ...words);
    expect(paths(one)).toEqual(
      expect.arrayContaining(['http.downloads', 'ssh.shell', 'dns.lab', 'lab', 'tls.http2.lab']),
    );
    expect(one.find(({ applicationName }) => applicationName === 'downloads')).toMatchObject({ silkAppLabel: 80 });
    expect(await replay(bundled('demo.pcap'), ...words, '--workers', '3')).toEqual(one);
  });

  it('are several files, of which the first goes before, and none', async () => {
    const first = fileOf('rules:\n  - { name: first, networks: 10.0.0.0/8 }\n');
    const words = ['--dpi', '--labels', first, '--labels', 'default', '--labels', fileOf(RULES)];
    const known = paths(await replay(bundled('ssh.pcap'), ...words));
    expect(known).toEqual(['ssh.shell']);
    expect(paths(await replay(bundled('telnet.pcap'), ...words))).toEqual(['telnet.first']);
    expect(paths(await replay(bundled('telnet.pcap'), '--dpi', '--labels', 'none'))).toEqual(['telnet']);
    expect(
      (await weir(['replay', bundled('ssh.pcap'), '--labels', 'none', '--labels', first, '--dpi'])).stderr,
    ).toContain(`'none' stands beside others`);
  });

  it('are counted by what they rest on, and exported with their numbers', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'flows.ipfix');
    const words = ['replay', bundled('telnet.pcap'), '--dpi', '--labels', fileOf(RULES), '-o', `${file}?profile=full`];
    const { exitCode, stderr } = await weir([...words, '--stats', 'json']);
    expect(exitCode).toBe(0);
    const { dpi } = JSON.parse(stderr) as { dpi: Record<string, unknown> };
    expect(dpi.rules).toEqual({ port: 0, network: 1, answer: 0, payload: 0, host: 0 });
    expect(dpi.ruleLabels).toEqual({ lab: 1 });
    expect(dpi.labels).toEqual({ telnet: 1 });
    const { stdout } = await weir(['print', file, '--fields', 'silkAppLabel,applicationId,applicationName']);
    expect(stdout).toMatch(/23\s+\S*fdea\s+lab/i);
  });

  it('leave protocols where other programs want protocols', async () => {
    const words = ['replay', bundled('telnet.pcap'), '--dpi', '--labels', fileOf(RULES), '--stats', 'none'];
    const eve = parseJsonLines((await weir([...words, '-o', '-?profile=eve'])).stdout);
    expect(eve.map(({ app_proto: name }) => name)).toEqual(['telnet']);
  });

  it('of a list that has faults keep a run from beginning, with file, line and column', async () => {
    const file = fileOf(`rules:\n  - name: x\n    expresion: 'a'\n  - name: y\n    expression: '(a'\n`);
    const { exitCode, stdout, stderr } = await weir([
      'replay',
      bundled('ssh.pcap'),
      '--dpi',
      '--labels',
      file,
      '-o',
      '-',
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`${file}:3:5: expresion: is not known; did you mean expression?`);
    expect(stderr).toContain(`${file}:5:17: expression: a ')' is missing`);
    const check = await weir(['labels', 'check', file]);
    expect(check).toMatchObject({ exitCode: 1, stdout: '' });
    expect(check.stderr.split('\n').filter((line) => line.startsWith(`${file}:`)).length).toBeGreaterThan(1);
    expect((await weir(['labels', 'check', `${file}.not`])).stderr).toContain('no such file');
    const configuration = fileOf(`dpi: { labels: [${file}] }\n`);
    expect((await weir(['config', 'check', configuration])).stderr).toContain(`${file}:3:5`);
  });

  it('are listed, checked, and told as evidence', async () => {
    const file = fileOf(RULES);
    expect(await weir(['labels', 'check', file])).toEqual({
      exitCode: 0,
      stdout: `${file}: no fault; 4 rules for 4 labels\n`,
      stderr: '',
    });
    const { stdout } = await weir(['labels', '--labels', file]);
    expect(stdout).toContain(`lab 65002 (rule, ${file}:4)\n  an address in 1 network\n`);
    expect(stdout).toContain('  octets 5353482d at 0 from the server\n');
    expect((await weir(['labels'])).stdout).toMatch(
      /^netflix \d+ \(rule, default:\d+\): Netflix\n {2}hosts netflix\.com/m,
    );
    const test = await weir(['labels', 'test', bundled('ssh.pcap'), '--labels', file]);
    expect(test.stdout).toMatch(/: ssh\.shell\n.*shell: rule of .*:3, by payload, packet \d+, octets 5353482d/s);
    const byPort = await weir(['labels', 'test', bundled('telnet.pcap'), '--labels', file]);
    expect(byPort.stdout).toContain('lab: rule of ' + file + ':4, by network\n');
  });
});

describe('the list that comes with weir', () => {
  it('names services by host', async () => {
    const capture = path.join(temporaryFolder(), 'host.pcap');
    const request = 'GET / HTTP/1.1\r\nHost: outlook.office365.com\r\n\r\n';
    fs.writeFileSync(capture, captureOf(tcpFrames([['client', request]])));
    const records = await replay(capture, '--dpi=labels');
    expect(records.map(({ applicationPath, applicationName }) => [applicationPath, applicationName])).toEqual([
      ['http.office365', 'office365'],
    ]);
    const test = await weir(['labels', 'test', capture]);
    expect(test.stdout).toContain('by host outlook.office365.com, packet 4');
  });

  const shared = sharedFolder('dpi/captures');
  it.skipIf(shared === null)(
    'names those of real traffic by host and by answers of DNS, in any number of workers',
    async () => {
      const capture = path.join(shared ?? '', 'netflix.pcap');
      const one = await replay(capture, '--dpi=labels');
      expect(paths(one)).toEqual(expect.arrayContaining(['tls.netflix', 'http.netflix', 'netflix']));
      expect(await replay(capture, '--dpi=labels', '--workers', '2')).toEqual(one);
    },
  );
});

describe('a reload of label rules', () => {
  const ENDLESS = ['--idle-timeout', '366d', '--active-timeout', '366d'];

  it('is for flows that begin from then on, while others keep to their rules; a file with faults changes nothing', async () => {
    const folder = temporaryFolder();
    const [rules, socket, flows] = ['mine.yaml', 'weir.sock', 'flows.jsonl'].map((name) => path.join(folder, name));
    const write = (name: string): void => fs.writeFileSync(rules, `rules:\n  - { name: ${name}, prefix: HELLO }\n`);
    const packets = (clientPort: number, from: number, to: number): Uint8Array => {
      const frames = tcpFrames(
        [
          ['client', 'HELLO'],
          ['server', 'HELLO'],
        ],
        { clientPort },
      );
      return captureOf(frames.slice(from, to), Math.floor(Date.now() / 1_000));
    };
    write('before');
    const live = await startLive(['-i', '-', '--dpi', ...ENDLESS, '--labels', rules, '-o', flows, '--socket', socket]);
    let sent = 0;
    const feed = async (octets: Uint8Array, count: number): Promise<void> => {
      // One stream: the header of the first part stands for all.
      live.child.stdin?.write(sent === 0 ? octets : octets.subarray(24));
      sent += count;
      const client = await ControlClient.connect(socket);
      await until('all packets are metered', async () => {
        const { ledger } = (await client.ask('status')) as LiveStatus;
        return ledger.packets.received === sent;
      });
      client.close();
    };
    // One connection is labelled, of another only the handshake has come.
    await feed(packets(1_001, 0, 5), 5);
    await feed(packets(1_002, 0, 3), 3);
    write('after');
    live.kill('SIGHUP');
    await live.says(/reload: took over dpi\.labels/);
    await feed(packets(1_002, 3, 5), 2);
    await feed(packets(1_003, 0, 5), 5);
    fs.writeFileSync(rules, 'rules:\n  - { nmae: wrong }\n');
    const refused = await weir(['ctl', 'reload', '--socket', socket]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`${rules}:2:7: nmae: is not known; did you mean name?`);
    await live.says(/reload: .*goes on as before/s);
    await feed(packets(1_004, 0, 5), 5);
    expect((await live.end()).exitCode).toBe(0);
    const records = parseJsonLines(fs.readFileSync(flows, 'utf8'));
    const byPort = records.map(({ sourceTransportPort, applicationName }) => [sourceTransportPort, applicationName]);
    expect(byPort.sort()).toEqual([
      [1_001, 'before'],
      [1_002, 'before'],
      [1_003, 'after'],
      [1_004, 'after'],
    ]);
  });
});
