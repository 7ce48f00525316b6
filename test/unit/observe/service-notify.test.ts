import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { expect, it, vi } from 'vitest';

import { ServiceNotify } from '../../../src/observe/service-notify.js';
import { programsMissing, skipReason } from '../../support/network-lab.js';
import { temporaryFolder } from '../../support/run-weir.js';
import { RunningProgram, until } from '../../support/running-program.js';

const isSkipped = skipReason('sd_notify', programsMissing('systemd-notify', 'python3'));

/** A service manager: prints what it is told. */
const MANAGER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening")
while True: print(s.recv(4096).decode().replace("\\n", ";"))
`;

it.skipIf(isSkipped)('tells the service manager: ready, alive, status, stopping', async () => {
  const socket = path.join(temporaryFolder(), 'notify');
  const manager = new RunningProgram('python3', ['-u', '-c', MANAGER, socket]);
  await until('the manager listens', () => manager.stdout.includes('listening'));
  vi.stubEnv('NOTIFY_SOCKET', socket);
  const faults: string[] = [];
  const notify = new ServiceNotify({ NOTIFY_SOCKET: socket, WATCHDOG_USEC: '30000000' }, (fault) => faults.push(fault));
  expect(notify.watchdogMs).toBe(30_000);
  notify.ready('captures from eth1');
  await until('it is ready', () => /MAINPID=\d+;READY=1;STATUS=captures from eth1/.test(manager.stdout));
  expect(manager.stdout).toContain(`MAINPID=${process.pid};`);
  notify.alive();
  await until('it is alive', () => manager.stdout.includes('WATCHDOG=1'));
  notify.reloading();
  await until('it reloads', () => /RELOADING=1;MONOTONIC_USEC=\d+/.test(manager.stdout));
  notify.stopping();
  await until('it stops', () => manager.stdout.includes('STOPPING=1;STATUS=stopping'));
  vi.unstubAllEnvs();
  expect(faults).toEqual([]);
  expect(spawnSync('systemd-notify', ['--version']).status).toBe(0);
});

it('says nothing without a service manager, nor of a watchdog that watches another process', () => {
  const notify = new ServiceNotify({}, () => expect.unreachable());
  expect(notify.watchdogMs).toBeNull();
  notify.ready('');
  notify.alive();
  expect(
    new ServiceNotify({ NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' }, () => undefined).watchdogMs,
  ).toBeNull();
});
