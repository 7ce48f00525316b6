import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { ControlClient } from '../../src/observe/control-client.js';
import type { LiveStatus } from '../../src/observe/live-status.js';
import { parseJsonLines } from '../support/canonical.js';
import { lastStatus } from '../support/live-sensor.js';
import { skipReason } from '../support/network-lab.js';
import { temporaryFolder } from '../support/run-weir.js';
import { startLive, until } from '../support/running-program.js';
import { frameOf, PACKET } from '../support/traffic.js';
import { pcap } from '../unit/capture/capture-builder.js';

/** The clock of the whole machine is nobody's to set: a library shows the sensor another one, and packets are stamped by it. */
const LIBRARY = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
].find((file) => fs.existsSync(file));
const isSkipped = skipReason('a clock that is set', LIBRARY === undefined ? 'libfaketime is not installed' : null);

const IDLE_S = 4;
/** Octets before the first packet of a pcap file. */
const FILE_HEADER_OCTETS = 24;
const BUSY = 1_001;
const IDLE = 1_002;

describe.skipIf(isSkipped)('the wall clock', () => {
  it.each([3_600, -3_600])('is set by %d s: no flow ends early or hangs, times go along', async (step) => {
    const folder = temporaryFolder();
    const [clock, socket, file] = ['clock', 'socket', 'flows.jsonl'].map((name) => path.join(folder, name));
    let offsetS = 0;
    const set = (seconds: number): void => {
      // In one step: the sensor reads the file at every look at the clock.
      fs.writeFileSync(`${clock}.new`, `${seconds < 0 ? '' : '+'}${seconds}s\n`);
      fs.renameSync(`${clock}.new`, clock);
      offsetS = seconds;
    };
    set(0);
    const fake = [
      'env',
      `LD_PRELOAD=${LIBRARY}`,
      `FAKETIME_TIMESTAMP_FILE=${clock}`,
      'FAKETIME_NO_CACHE=1',
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
    ];
    const words = ['-i', '-', '-o', file, '--idle-timeout', `${IDLE_S}s`, '--socket', socket, '--time', 'us'];
    const live = await startLive([...words, '--stats', 'json'], undefined, fake);
    const send = (port: number): void => {
      const timeUs = Math.round((performance.timeOrigin + performance.now()) * 1_000) + offsetS * 1e6;
      const data = frameOf({ ...PACKET, sourcePort: port });
      const capture = pcap([{ seconds: Math.floor(timeUs / 1e6), subseconds: timeUs % 1e6, data }]);
      live.child.stdin?.write(sends++ === 0 ? capture : capture.subarray(FILE_HEADER_OCTETS));
    };
    let sends = 0;
    const beforeS = Date.now() / 1_000;
    send(IDLE);
    const talk = async (seconds: number): Promise<void> => {
      for (let n = 0; n < seconds * 10; n++) {
        send(BUSY);
        await sleep(100);
      }
    };
    await talk(1);
    set(step);
    await talk(1);
    // The idle flow is two seconds old by then, and the step is followed.
    const client = await ControlClient.connect(socket);
    const status = async (): Promise<LiveStatus> => (await client.ask('status')) as LiveStatus;
    await until('the step is seen', async () => (await status()).workers[0].clockSteps === 1);
    const { ledger } = await status();
    expect(ledger.flows).toMatchObject({ created: 2, live: 2, exported: 0 });
    // Then the wire is silent, and both end in their time.
    await until('both have ended', async () => (await status()).ledger.flows.live === 0);
    const aliveS = Date.now() / 1_000 - beforeS;
    client.close();
    expect(aliveS).toBeGreaterThan(IDLE_S + 2 - 0.5);
    const end = await live.end();
    expect(end.exitCode).toBe(0);
    expect(lastStatus(end)).toMatchObject({ ledger: { balanced: true }, workers: [{ clockSteps: 1 }] });
    const records = parseJsonLines(fs.readFileSync(file, 'utf8'));
    const of = (port: number) => records.filter((r) => r.sourceTransportPort === port);
    expect(records.map((r) => r.flowEndReason)).toEqual([1, 1]);
    expect(of(IDLE).map((r) => r.packetDeltaCount)).toEqual([1]);
    expect(of(BUSY).map((r) => r.packetDeltaCount)).toEqual([sends - 1]);
    // By the new clock, the time before the step too.
    for (const { flowStartMicroseconds } of records) {
      const startS = Date.parse(String(flowStartMicroseconds)) / 1_000;
      expect(Math.abs(startS - (beforeS + step))).toBeLessThan(5);
    }
  });
});
