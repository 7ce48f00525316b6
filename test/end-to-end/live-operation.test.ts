import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { LiveStatus } from '../../src/observe/live-status.js';
import { type JsonRecord, parseJsonLines } from '../support/canonical.js';
import {
  buildLab,
  inside,
  ip,
  type Lab,
  labMissing,
  programsMissing,
  sendDatagrams,
  datagramSender,
  skipReason,
} from '../support/network-lab.js';
import { temporaryFolder, weir } from '../support/run-weir.js';
import { type RunningProgram, startLive, until } from '../support/running-program.js';

/** The sensor as operators meet it: signals, a silent wire, an interface that comes and goes, privileges. */
const isSkipped = skipReason('live operation', labMissing ?? programsMissing('python3', 'setpriv'));

interface Started {
  readonly lab: Lab;
  readonly live: RunningProgram;
  readonly folder: string;
  readonly records: () => JsonRecord[];
}

async function start(words: readonly string[], before: readonly string[] = []): Promise<Started> {
  const lab = buildLab();
  const folder = temporaryFolder();
  fs.chmodSync(folder, 0o777);
  const file = path.join(folder, 'live.jsonl');
  const all = [
    '-i',
    lab.link,
    '-o',
    file,
    '--time',
    'us',
    '--socket',
    path.join(folder, 'socket'),
    '--stats',
    'json',
    ...words,
  ];
  const live = await startLive(all, lab.sensor, before);
  return { lab, live, folder, records: () => parseJsonLines(fs.readFileSync(file, 'utf8')) };
}

const statusOf = (stderr: string): LiveStatus =>
  JSON.parse(stderr.split('\n').find((line) => line.startsWith('{')) ?? '{}') as LiveStatus;

describe.skipIf(isSkipped)('a running sensor', () => {
  it('ends idle flows on time on a silent wire', async () => {
    const { lab, live, records } = await start(['--idle-timeout', '3s']);
    sendDatagrams(lab, 1_111, 2_222, 2);
    const sentMs = Date.now();
    await until('the record is written', () => records().some((r) => r.sourceTransportPort === 1_111));
    const lateMs = Date.now() - sentMs - 3_000;
    // Due after three seconds, out within one more; files are written once a second, and the machine may be busy.
    expect(lateMs).toBeGreaterThan(-500);
    expect(lateMs).toBeLessThan(3_000);
    expect(records().find((r) => r.sourceTransportPort === 1_111)).toMatchObject({
      flowEndReason: 1,
      packetDeltaCount: 2,
    });
    expect((await live.end()).exitCode).toBe(0);
  });

  it('ends flows, forced, at SIGINT, and tells a ledger that balances', async () => {
    const { lab, live, records } = await start([]);
    sendDatagrams(lab, 1_111, 2_222, 50);
    const { exitCode, stderr } = await live.end('SIGINT');
    expect(exitCode).toBe(0);
    expect(records().find((r) => r.sourceTransportPort === 1_111)).toMatchObject({
      flowEndReason: 4,
      packetDeltaCount: 50,
    });
    const { ledger, interfaces } = statusOf(stderr);
    expect(ledger).toMatchObject({ balanced: true, packets: { live: 0 }, flows: { live: 0 } });
    expect(interfaces[0]).toMatchObject({ received: ledger.packets.received, droppedByKernel: 0 });
  });

  it('leaves at once at a second signal', async () => {
    const { live } = await start([]);
    live.kill('SIGINT');
    live.kill('SIGTERM');
    expect(await live.ended).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
  });

  it('loses nothing and cuts no flow when it is stopped and goes on', async () => {
    const { lab, live, records } = await start(['--idle-timeout', '1s']);
    const sending = datagramSender(lab, 1_111, 2_222, 20, 0.2);
    await until('the flow has begun', () => sending.stdout.includes('sent'));
    live.kill('SIGSTOP');
    await sleep(2_500);
    live.kill('SIGCONT');
    await sending.ended;
    const { exitCode } = await live.end();
    expect(exitCode).toBe(0);
    const mine = records().filter((r) => r.sourceTransportPort === 1_111);
    expect(mine.map((r) => r.packetDeltaCount)).toEqual([20]);
  });

  it('goes on when its interface was down', async () => {
    const { lab, live, records } = await start([]);
    sendDatagrams(lab, 1_111, 2_222, 5);
    ip('-n', lab.sensor, 'link', 'set', lab.link, 'down');
    await live.says(/warn: sens0: /);
    ip('-n', lab.sensor, 'link', 'set', lab.link, 'up');
    await live.says(/sens0: is up again/);
    sendDatagrams(lab, 1_112, 2_222, 5);
    const { exitCode, stderr } = await live.end();
    expect(exitCode).toBe(0);
    expect(
      records()
        .filter((r) => r.destinationTransportPort === 2_222)
        .map((r) => r.packetDeltaCount),
    ).toEqual([5, 5]);
    expect(stderr.match(/is up again/g)).toHaveLength(1);
  });

  it('takes another filter over while it runs, and keeps the former one when the new one is wrong', async () => {
    const file = path.join(temporaryFolder(), 'weir.yaml');
    const write = (filter: string): void => fs.writeFileSync(file, `capture: {filter: '${filter}'}\n`);
    write('udp port 2222');
    const { lab, live, records } = await start(['-c', file]);
    const send = (): void => [2_222, 3_333].forEach((to, n) => sendDatagrams(lab, 1_111 + n, to, 5));
    send();
    write('udp port 3333');
    live.kill('SIGHUP');
    await live.says(/reload: took over filter/);
    send();
    write('udp port nonsense');
    live.kill('SIGHUP');
    await live.says(/reload: .*goes on as before/);
    send();
    expect((await live.end()).exitCode).toBe(0);
    const counts = records().map((r) => [r.destinationTransportPort, r.packetDeltaCount]);
    expect(counts.sort()).toEqual([
      [2_222, 5],
      [3_333, 10],
    ]);
  });

  it('goes on as another user, without capabilities, and still captures', async () => {
    const { lab, live, records, folder } = await start(['--user', 'nobody']);
    const status = fs.readFileSync(`/proc/${live.child.pid}/status`, 'utf8');
    const { uid, gid } = fs.statSync(path.join(folder, 'live.jsonl'));
    expect(/^Uid:\s+(\d+)\s+(\d+)/m.exec(status)?.slice(1)).toEqual([String(uid), String(uid)]);
    expect([uid, gid].every((id) => id > 0)).toBe(true);
    expect(/^CapEff:\s*0+$/m.test(status)).toBe(true);
    sendDatagrams(lab, 1_111, 2_222, 5);
    const answer = await weir(['ctl', 'status', '--socket', path.join(folder, 'socket')]);
    expect(answer.exitCode).toBe(0);
    expect((await live.end()).exitCode).toBe(0);
    expect(records().find((r) => r.sourceTransportPort === 1_111)).toMatchObject({ packetDeltaCount: 5 });
  });

  it('does with CAP_NET_RAW alone, and says so when it is missing', async () => {
    const nobody = [
      'setpriv',
      '--reuid',
      '65534',
      '--regid',
      '65534',
      '--clear-groups',
      '--bounding-set',
      '-all,+net_raw',
    ];
    const raw = [...nobody, '--inh-caps', '-all,+net_raw', '--ambient-caps', '-all,+net_raw'];
    const { lab, live, records } = await start([], raw);
    sendDatagrams(lab, 1_111, 2_222, 5);
    expect((await live.end()).exitCode).toBe(0);
    expect(records().find((r) => r.sourceTransportPort === 1_111)).toMatchObject({ packetDeltaCount: 5 });
    await expect(start([], nobody)).rejects.toThrow(/CAP_NET_RAW/);
  });

  it('captures from two interfaces, and says which in the records', async () => {
    const { lab, live, records } = await start(['-i', 'lo']);
    sendDatagrams(lab, 1_111, 2_222, 5);
    inside(
      lab.sensor,
      'python3',
      '-c',
      'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 3333))',
    );
    const { stderr, exitCode } = await live.end();
    expect(exitCode).toBe(0);
    const numbers = statusOf(stderr).interfaces;
    const indexOf = (name: string): number | undefined => numbers.find((each) => each.name === name)?.ifIndex;
    expect(numbers.map(({ name }) => name)).toEqual([lab.link, 'lo']);
    expect(records().find((r) => r.sourceTransportPort === 1_111)?.ingressInterface).toBe(indexOf(lab.link));
    expect(records().find((r) => r.destinationTransportPort === 3_333)).toMatchObject({
      ingressInterface: indexOf('lo'),
      packetDeltaCount: 1,
      sourceIPv4Address: '127.0.0.1',
    });
  });
});
