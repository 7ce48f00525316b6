import fs from 'node:fs';

import { describe, expect, it } from 'vitest';

import { lastStatus, type LiveSensorRun, startInLab } from '../support/live-sensor.js';
import {
  addCable,
  buildLab,
  inside,
  ip,
  type Lab,
  labMissing,
  PEER_ADDRESS,
  programsMissing,
  SENSOR_ADDRESS,
  sendDatagrams,
  skipReason,
} from '../support/network-lab.js';

/** The sensor while the ground is taken from under it. */
const isSkipped = skipReason('interfaces that vanish', labMissing ?? programsMissing('python3', 'ping'));

const OTHER_LINK = 'sens1';
const OTHER_ADDRESS = '10.8.0.1';

/** Two cables, and a sensor on both. */
async function start(words: readonly string[]): Promise<LiveSensorRun> {
  const lab = buildLab();
  addCable(lab, OTHER_LINK, 'peer1', OTHER_ADDRESS, '10.8.0.2');
  return startInLab(['-i', OTHER_LINK, ...words], { lab });
}

/** Until the system has seen that both ends are up, it throws away what is sent: hence the ping. */
function makeAnew(lab: Lab): void {
  addCable(lab, lab.link, lab.peerLink, SENSOR_ADDRESS, PEER_ADDRESS);
  inside(lab.peer, 'ping', '-q', '-c', '1', '-w', '10', SENSOR_ADDRESS);
}

const count = (text: string, pattern: RegExp): number => Array.from(text.matchAll(pattern)).length;

describe.skipIf(isSkipped)('an interface that is deleted under the sensor', () => {
  it.each([
    ['as root', []],
    ['as another user', ['--user', 'nobody']],
    ['with two workers, as another user', ['--workers', '2', '--user', 'nobody']],
    ['with libpcap, as another user', ['--capture', 'libpcap', '--user', 'nobody']],
  ])('is told once, missed by no other, and captured from again when it is back, %s', async (_, words) => {
    const { lab, live, records } = await start(words);
    sendDatagrams(lab, 1_111, 2_222, 5);
    ip('-n', lab.sensor, 'link', 'delete', lab.link);
    await live.says(/warn: sens0: no such interface/);
    sendDatagrams(lab, 1_112, 2_222, 7, OTHER_ADDRESS);
    makeAnew(lab);
    await live.says(/sens0: is up again/);
    sendDatagrams(lab, 1_113, 2_222, 9);
    sendDatagrams(lab, 1_114, 2_222, 3, OTHER_ADDRESS);
    const end = await live.end();
    expect({ exitCode: end.exitCode, stderr: end.stderr }).toMatchObject({ exitCode: 0 });
    const counts = records().filter((r) => r.destinationTransportPort === 2_222);
    expect(counts.map((r) => [r.sourceTransportPort, r.packetDeltaCount]).sort()).toEqual([
      [1_111, 5],
      [1_112, 7],
      [1_113, 9],
      [1_114, 3],
    ]);
    const { ledger, interfaces } = lastStatus(end);
    expect(ledger).toMatchObject({ balanced: true, packets: { live: 0 } });
    expect(interfaces.reduce((sum, { received }) => sum + received, 0)).toBe(ledger.packets.received);
    expect(interfaces.map(({ up }) => up)).toEqual([true, true]);
    const told = [/warn: sens0: no such interface/g, /sens0: is up again/g].map((text) => count(end.stderr, text));
    expect(told, end.stderr).toEqual([1, 1]);
    // When it is back it may be seen before it is up.
    expect(end.stderr).not.toMatch(/warn: sens0: (?!no such interface|is down)/);
    expect(count(end.stderr, /sens1: /g)).toBe(0);
  });

  it('because the namespace at its other end was, is waited for, and the ledger balances', async () => {
    const { lab, live, folder } = await start([]);
    sendDatagrams(lab, 1_111, 2_222, 5);
    ip('netns', 'delete', lab.peer);
    await live.says(/warn: sens0: no such interface/);
    await live.says(/warn: sens1: no such interface/);
    const end = await live.end();
    expect(end.exitCode).toBe(0);
    const { ledger } = lastStatus(end);
    expect(ledger).toMatchObject({ balanced: true, packets: { live: 0 } });
    expect(ledger.packets.received).toBeGreaterThanOrEqual(5);
    expect(fs.existsSync(`${folder}/live.jsonl`)).toBe(true);
  });
});
