import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { lastStatus, startInLab } from '../support/live-sensor.js';
import {
  inside,
  ip,
  labMissing,
  programsMissing,
  sendDatagrams,
  datagramSender,
  skipReason,
} from '../support/network-lab.js';
import { temporaryFolder, weir } from '../support/run-weir.js';
import { until } from '../support/running-program.js';

/** The sensor as operators meet it: signals, a silent wire, an interface that comes and goes, privileges. */
const isSkipped = skipReason('live operation', labMissing ?? programsMissing('python3', 'setpriv'));

/** What the status of a thread says of its capabilities, effective and permitted. */
function capabilities(status: string): string {
  const sets = ['CapEff', 'CapPrm', 'CapInh', 'CapAmb'].map(
    (name) => new RegExp(`^${name}:\\s*0*(\\w+)$`, 'm').exec(status)?.[1],
  );
  return [...new Set(sets.filter((set) => set !== '0'))].join(' ') || '0';
}

describe.skipIf(isSkipped)('a running sensor', () => {
  it('ends idle flows on time on a silent wire', async () => {
    const { lab, live, records } = await startInLab(['--idle-timeout', '3s']);
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
    const { lab, live, records } = await startInLab([]);
    sendDatagrams(lab, 1_111, 2_222, 50);
    const { exitCode, stderr } = await live.end('SIGINT');
    expect(exitCode).toBe(0);
    expect(records().find((r) => r.sourceTransportPort === 1_111)).toMatchObject({
      flowEndReason: 4,
      packetDeltaCount: 50,
    });
    const { ledger, interfaces } = lastStatus({ stderr });
    expect(ledger).toMatchObject({ balanced: true, packets: { live: 0 }, flows: { live: 0 } });
    expect(interfaces[0]).toMatchObject({ received: ledger.packets.received, droppedByKernel: 0 });
  });

  it('leaves at once at a second signal', async () => {
    const { live } = await startInLab([]);
    live.kill('SIGINT');
    live.kill('SIGTERM');
    const { exitCode, signal } = await live.ended;
    expect(exitCode).toBeNull();
    // When both wait, the system may hand over either first.
    expect(['SIGINT', 'SIGTERM']).toContain(signal);
  });

  it('loses nothing and cuts no flow when it is stopped and goes on', async () => {
    const { lab, live, records } = await startInLab(['--idle-timeout', '1s']);
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
    const { lab, live, records } = await startInLab([]);
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
    const { lab, live, records } = await startInLab(['-c', file]);
    const send = (): void => [2_222, 3_333].forEach((to, n) => sendDatagrams(lab, 1_111 + n, to, 5));
    send();
    write('udp port 3333');
    live.kill('SIGHUP');
    await live.says(/reload: took over capture\.filter/);
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

  it('goes on as another user, with no capability but that of capturing where it captures', async () => {
    const { lab, live, records, folder } = await startInLab(['--user', 'nobody']);
    const status = fs.readFileSync(`/proc/${live.child.pid}/status`, 'utf8');
    const { uid, gid } = fs.statSync(path.join(folder, 'live.jsonl'));
    expect(/^Uid:\s+(\d+)\s+(\d+)/m.exec(status)?.slice(1)).toEqual([String(uid), String(uid)]);
    expect([uid, gid].every((id) => id > 0)).toBe(true);
    expect(capabilities(status)).toBe('0');
    const threads = fs.readdirSync(`/proc/${live.child.pid}/task`);
    const ofThreads = threads.map((id) =>
      capabilities(fs.readFileSync(`/proc/${live.child.pid}/task/${id}/status`, 'utf8')),
    );
    // CAP_NET_RAW is number 13.
    expect(ofThreads.filter((each) => each !== '0')).toEqual(['2000']);
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
    const { lab, live, records } = await startInLab([], { before: raw });
    sendDatagrams(lab, 1_111, 2_222, 5);
    expect((await live.end()).exitCode).toBe(0);
    expect(records().find((r) => r.sourceTransportPort === 1_111)).toMatchObject({ packetDeltaCount: 5 });
    await expect(startInLab([], { before: nobody })).rejects.toThrow(/CAP_NET_RAW/);
  });

  it('says when an interface has no clock of its own, and goes on with the system’s', async () => {
    const { lab, live, records } = await startInLab(['--timestamps', 'hardware']);
    expect(live.stderr).toMatch(/warn: sens0: no hardware time stamps \(.*\): the system's clock stamps packets/);
    sendDatagrams(lab, 1_111, 2_222, 5);
    expect((await live.end()).exitCode).toBe(0);
    expect(records().find((r) => r.sourceTransportPort === 1_111)).toMatchObject({ packetDeltaCount: 5 });
  });

  it('captures from two interfaces, and says which in the records', async () => {
    const { lab, live, records } = await startInLab(['-i', 'lo']);
    sendDatagrams(lab, 1_111, 2_222, 5);
    inside(
      lab.sensor,
      'python3',
      '-c',
      'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 3333))',
    );
    const { stderr, exitCode } = await live.end();
    expect(exitCode).toBe(0);
    const numbers = lastStatus({ stderr }).interfaces;
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
