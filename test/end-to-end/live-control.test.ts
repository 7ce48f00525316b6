import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { ControlClient } from '../../src/observe/control-client.js';
import type { LiveStatus } from '../../src/observe/live-status.js';
import { METRICS } from '../../src/observe/metrics.js';
import { type JsonRecord, parseJsonLines } from '../support/canonical.js';
import { skipReason } from '../support/network-lab.js';
import { bundled, programPath, run, temporaryFolder, weir, type WeirRun } from '../support/run-weir.js';
import { type RunningProgram, startLive, until } from '../support/running-program.js';

/** What is asked of a running sensor: control socket, `weir ctl`, `weir top`, metrics. Packets come through a pipe. */

interface Fed {
  readonly live: RunningProgram;
  readonly folder: string;
  readonly socket: string;
  /** Answer of `weir ctl`, read as JSON. */
  readonly ctl: <T>(...words: string[]) => Promise<T>;
}

const PACKETS = 769;
const IP_PACKETS = 749;

/** A sensor that has been fed with a capture whose pipe stays open. */
async function fed(words: readonly string[] = []): Promise<Fed> {
  const folder = temporaryFolder();
  const socket = path.join(folder, 'weir.sock');
  const options = [
    '-i',
    '-',
    '-o',
    path.join(folder, 'flows.jsonl'),
    '--socket',
    socket,
    '--idle-timeout',
    '366d',
    '--active-timeout',
    '366d',
  ];
  const live = await startLive([...options, ...words]);
  live.child.stdin?.write(fs.readFileSync(bundled('demo.pcap')));
  const ctl = async <T>(...rest: string[]): Promise<T> => {
    const { exitCode, stdout, stderr } = await weir(['ctl', ...rest, '--socket', socket]);
    if (exitCode !== 0) throw new Error(stderr);
    return (rest[0] === 'flows' ? parseJsonLines(stdout) : JSON.parse(stdout)) as T;
  };
  await allMetered(socket);
  return { live, folder, socket, ctl };
}

/** The status, without the start of another process. */
async function statusAt(socket: string): Promise<LiveStatus> {
  const client = await ControlClient.connect(socket);
  const status = (await client.ask('status')) as LiveStatus;
  client.close();
  return status;
}

function allMetered(socket: string): Promise<unknown> {
  return until('all packets are metered', async () => (await statusAt(socket)).ledger.packets.received === PACKETS);
}

describe('the control socket', () => {
  it('tells the status, with a ledger that balances while flows are live', async () => {
    const { live, ctl, socket } = await fed();
    const status = await ctl<LiveStatus>('status');
    expect(status).toMatchObject({
      state: 'running',
      pid: live.child.pid,
      interfaces: [{ name: '-', backend: 'pipe', up: true }],
    });
    const { packets, flows, balanced } = status.ledger;
    expect(balanced).toBe(true);
    expect(packets.metered + packets.live).toBe(IP_PACKETS);
    expect(flows.created).toBe(flows.exported + flows.live);
    expect(flows.live).toBeGreaterThan(0);
    expect(fs.statSync(socket).mode & 0o777).toBe(0o660);
    expect((await live.end()).exitCode).toBe(0);
    expect(fs.existsSync(socket)).toBe(false);
  });

  it('shows live flows, filtered and limited, and ends them on request', async () => {
    const { live, ctl, socket } = await fed();
    const { ledger } = await ctl<LiveStatus>('status');
    const all = await ctl<JsonRecord[]>('flows');
    expect(all).toHaveLength(ledger.flows.live);
    const udp = await ctl<JsonRecord[]>('flows', '--filter', 'protocol=udp,port=53');
    const isDns = (flow: JsonRecord): boolean =>
      flow.protocolIdentifier === 17 && [flow.sourceTransportPort, flow.destinationTransportPort].includes(53);
    expect(udp).toEqual(all.filter(isDns));
    expect(udp.length).toBeGreaterThan(0);
    const address = (all[0].sourceIPv4Address ?? all[0].sourceIPv6Address) as string;
    const ofHost = await ctl<JsonRecord[]>('flows', '--filter', `address=${address}`);
    expect(ofHost).toEqual(all.filter((flow: JsonRecord) => JSON.stringify(flow).includes(`"${address}"`)));
    expect(await ctl<JsonRecord[]>('flows', '--limit', '3')).toHaveLength(3);
    await expect(ctl('flows', '--filter', 'colour=red')).rejects.toThrow(
      /filter 'colour=red': expected address, port or protocol/,
    );
    expect(await ctl('flush')).toEqual({ flows: ledger.flows.live });
    const after = await until('the flows are handed over', async () => {
      const status = await statusAt(socket);
      return status.ledger.flows.live === 0 && status.ledger.flows.exported === ledger.flows.created ? status : null;
    });
    expect(after.ledger.flows.endReasons.forced).toBe(ledger.flows.live);
    expect(after.ledger).toMatchObject({ balanced: true, packets: { live: 0, metered: IP_PACKETS } });
    expect((await live.end()).exitCode).toBe(0);
  });

  it('answers what it cannot read with an error, and bounds requests', async () => {
    const { socket, live } = await fed();
    const ask = (text: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const connection = net.connect(socket, () => connection.write(text));
        connection.on('error', reject);
        connection.once('data', (answer) => {
          connection.destroy();
          resolve(JSON.parse(answer.toString('utf8')));
        });
      });
    expect(await ask('nonsense\n')).toMatchObject({ ok: false, error: expect.stringContaining('JSON') });
    expect(await ask('[]\n')).toMatchObject({ ok: false, error: expect.stringContaining('JSON object') });
    expect(await ask('{"command":"dance"}\n')).toMatchObject({
      ok: false,
      error: expect.stringContaining('expected one of status'),
    });
    expect(await ask('{"command":"flows","limit":1e9}\n')).toMatchObject({
      ok: false,
      error: expect.stringContaining('limit'),
    });
    expect(await ask('x'.repeat(70_000))).toMatchObject({ ok: false, error: expect.stringContaining('65536') });
    expect(await ask('{"command":"templates"}\n')).toEqual({ ok: true, result: { outputs: [] } });
    expect((await live.end()).exitCode).toBe(0);
  });

  it('is not taken from a sensor that runs, and is from one that was killed', async () => {
    const { socket, live } = await fed();
    const second = ['live', '-i', '-', '-o', '-', '--socket', socket];
    expect(await weir(second)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('another weir listens there'),
    });
    expect(await live.end('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    expect((await weir(['ctl', 'status', '--socket', socket])).stderr).toContain('the sensor is gone');
    expect(await weir(second)).toMatchObject({ exitCode: 0 });
  });
});

describe('a reload', () => {
  it('takes over timeouts and outputs without losing a flow, and names what it cannot take over', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'weir.yaml');
    const write = (idle: string, output: string, snap: number): void =>
      fs.writeFileSync(
        file,
        `outputs: [${path.join(folder, output)}]\nflow: {idleTimeout: ${idle}, activeTimeout: 366d, maxFlows: ${snap}}\n` +
          `capture: {snapLength: ${snap}}\nlog: {format: ${snap === 512 ? 'text' : 'json'}}\n`,
      );
    write('366d', 'before.jsonl', 512);
    const socket = path.join(folder, 'weir.sock');
    const live = await startLive(['-c', file, '-i', '-', '--socket', socket, '--stats', 'json']);
    live.child.stdin?.write(fs.readFileSync(bundled('demo.pcap')));
    await allMetered(socket);
    const before = await until('what has ended is handed over', async () => {
      const { ledger, outputs } = await statusAt(socket);
      return outputs[0].offered === ledger.flows.created - ledger.flows.live ? ledger.flows : null;
    });
    write('2s', 'after.jsonl', 1_024);
    live.kill('SIGHUP');
    await live.says(/reload: took over outputs, flow\.idleTimeout$/m);
    await live.says(/reload: wants a restart: capture\.snapLength, flow\.maxFlows, log\.format$/m);
    // The short timeout ends what was live, on a silent wire.
    const after = await until('flows have ended', async () => {
      const { ledger } = await statusAt(socket);
      return ledger.flows.live === 0 ? ledger : null;
    });
    expect(after.flows.endReasons.idle).toBeGreaterThanOrEqual(before.live);
    // What cannot be opened is told, and everything stays as it was.
    write('2s', 'no-such-folder/x.jsonl', 1_024);
    const refused = await weir(['ctl', 'reload', '--socket', socket]);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no-such-folder') });
    const { exitCode, stderr } = await live.end();
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const lines = (name: string): number =>
      fs.readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n').length;
    expect(lines('before.jsonl') + lines('after.jsonl')).toBe(before.created);
    expect(lines('after.jsonl')).toBe(before.live);
  });
});

describe('metrics', () => {
  it('are served under the names that are documented, with the counts of the status', async () => {
    const { live, ctl } = await fed(['--metrics', '127.0.0.1:0']);
    const [, address] = await live.says(/serves http:\/\/(\S+)\/metrics/);
    const response = await fetch(`http://${address}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    const served = Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name, kind]) => `${name} ${kind}`);
    expect(served.sort()).toEqual(METRICS.map(({ name, kind }) => `${name} ${kind}`).sort());
    const { ledger } = await ctl<LiveStatus>('status');
    const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    expect(value('weir_packets_received_total')).toBe(PACKETS);
    expect(value('weir_flows_created_total')).toBe(ledger.flows.created);
    expect(value('weir_ledger_balanced')).toBe(1);
    expect(text).toContain('weir_packets_ignored_total{reason="notIp"} 20');
    for (const [url, status, body] of [
      ['healthz', 200, 'ok\n'],
      ['readyz', 200, 'ok\n'],
      ['nothing', 404, /metrics/],
    ] as const) {
      const answer = await fetch(`http://${address}/${url}`);
      expect(answer.status).toBe(status);
      expect(await answer.text()).toMatch(body);
    }
    expect((await fetch(`http://${address}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await live.end()).exitCode).toBe(0);
  });
});

describe('weir top', () => {
  it('prints a screen where there is no terminal', async () => {
    const { socket, live } = await fed();
    const again = setInterval(() => live.child.stdin?.write(fs.readFileSync(bundled('demo.pcap')).subarray(24)), 100);
    const { exitCode, stdout, stderr } = await weir(['top', '--socket', socket, '--interval', '1s']);
    clearInterval(again);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^weir \d.*running .* q quit\n/);
    expect(stdout).toMatch(/ledger balances/);
    expect(stdout).toMatch(/^10\.10\.0\.1 .*[\d.]+ [kM]? .*/m);
    expect(stdout).toMatch(/tcp\/80 /);
    expect(await weir(['top', '--socket', `${socket}x`])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no such socket'),
    });
    expect((await live.end()).exitCode).toBe(0);
  });

  it('shows applications when packets are inspected', async () => {
    const { socket, live } = await fed(['--dpi']);
    const again = setInterval(() => live.child.stdin?.write(fs.readFileSync(bundled('demo.pcap')).subarray(24)), 100);
    const { exitCode, stdout } = await weir(['top', '--socket', socket, '--interval', '1s']);
    clearInterval(again);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ {2}APPLICATION +BITS\/S \*/);
    for (const name of ['http', 'dns', 'no label']) expect(stdout).toMatch(new RegExp(`  ${name} +[\\d.]+`));
    expect((await live.end()).exitCode).toBe(0);
  });

  const noTmux = skipReason('weir top in a terminal', spawnSync('tmux', ['-V']).error?.message ?? null);
  it.skipIf(noTmux)('draws in a terminal, takes its size, sorts and quits', async () => {
    const { socket, live, folder } = await fed();
    const server = path.join(folder, 'tmux');
    const tmux = (...words: string[]): Promise<WeirRun> => run('tmux', ['-S', server, '-f', '/dev/null', ...words]);
    const command = `${process.execPath} ${programPath()} top --socket ${socket} --interval 200ms`;
    await tmux('new-session', '-d', '-x', '100', '-y', '24', command);
    try {
      let shown = '';
      const screen = (wanted: RegExp): Promise<boolean> =>
        until(`the screen shows ${String(wanted)}`, async () => {
          shown = (await tmux('capture-pane', '-p')).stdout;
          return wanted.test(shown);
        });
      await screen(/TALKER +BITS\/S \*/);
      expect(shown.trimEnd().split('\n').length).toBeLessThanOrEqual(24);
      await tmux('send-keys', 'p');
      await screen(/PACKETS\/S \*/);
      await tmux('resize-window', '-x', '80', '-y', '20');
      await screen(/^.{50,74}q quit$/m);
      await tmux('send-keys', 'q');
      await until('it has quit', async () => (await tmux('has-session')).exitCode !== 0);
    } finally {
      await tmux('kill-server');
    }
    expect((await live.end()).exitCode).toBe(0);
  });
});
