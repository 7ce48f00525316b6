import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { parseJsonLines } from '../support/canonical.js';
import { isUsable } from '../support/live.js';
import { lastStatus, startInLab } from '../support/live-sensor.js';
import {
  datagramSender,
  inside,
  ip,
  type Lab,
  labMissing,
  programsMissing,
  sendDatagrams,
  SENSOR_ADDRESS,
  skipReason,
} from '../support/network-lab.js';
import { temporaryFolder } from '../support/run-weir.js';
import { until } from '../support/running-program.js';

/** Sensors whose back-end lives on the thread that exports: how they end, above all. afpacket has a thread of its own. */
const isSkipped = skipReason('back-ends on the first thread', labMissing ?? programsMissing('python3'));
const PACKAGES = isSkipped ? [] : ['pcap', 'cap'].filter(isUsable);

/** More than the hand-over between metering and exporting has room for. */
const MANY_FLOWS = 80_000;

/** A flow for each of many ports, so slowly that nothing is lost. */
function sendManyFlows(lab: Lab): void {
  const program = [
    'import socket, time',
    's = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for n in range(2)]',
    `for n in range(${MANY_FLOWS}):`,
    `    s[n % 2].sendto(b"x", ("${SENSOR_ADDRESS}", 10000 + n // 2))`,
    '    if n % 50 == 0: time.sleep(0.001)',
  ];
  inside(lab.peer, 'python3', '-c', program.join('\n'));
}

describe.skipIf(isSkipped).each(['afpacket', ...PACKAGES])('a sensor with %s', (backend) => {
  it('hands all flows over at its end, more than there is room for at a time', async () => {
    const file = path.join(temporaryFolder(), 'live.jsonl.gz');
    const { lab, live } = await startInLab(['--capture', backend, '-o', file], { hasOutput: false });
    sendManyFlows(lab);
    const { exitCode, stderr } = await live.end();
    expect(exitCode).toBe(0);
    const { ledger } = lastStatus({ stderr });
    expect(ledger).toMatchObject({ balanced: true, flows: { live: 0, notSent: 0 } });
    expect(ledger.flows.exported).toBe(ledger.flows.created);
    const records = parseJsonLines(gunzipSync(fs.readFileSync(file)).toString('utf8'));
    const sent = records.filter((r) => r.destinationIPv4Address === SENSOR_ADDRESS && r.protocolIdentifier === 17);
    expect(sent).toHaveLength(MANY_FLOWS);
  });
});

describe.skipIf(PACKAGES.length === 0).each(PACKAGES)('a sensor with the package %s', (backend) => {
  it('ends by itself at one signal on a silent wire, with a ledger that balances', async () => {
    const { lab, live, records } = await startInLab(['--capture', backend]);
    sendDatagrams(lab, 1_111, 2_222, 50);
    const end = await live.end();
    expect(end).toMatchObject({ exitCode: 0, signal: null });
    expect(records().find((r) => r.sourceTransportPort === 1_111)).toMatchObject({
      flowEndReason: 4,
      packetDeltaCount: 50,
    });
    const { ledger, interfaces } = lastStatus(end);
    expect(ledger).toMatchObject({ balanced: true, packets: { live: 0 }, flows: { live: 0 } });
    expect(interfaces[0]).toMatchObject({ backend, received: ledger.packets.received });
  });

  it('ends by itself while packets come', async () => {
    const { lab, live } = await startInLab(['--capture', backend]);
    const sending = datagramSender(lab, 1_111, 2_222, 100_000, 0.001);
    await until('packets come', () => sending.stdout.includes('sent'));
    const end = await live.end('SIGINT');
    await sending.end('SIGKILL');
    expect(end).toMatchObject({ exitCode: 0, signal: null });
    expect(lastStatus(end).ledger).toMatchObject({ balanced: true, flows: { live: 0 } });
  });

  it('ends idle flows on time on a silent wire', async () => {
    const { lab, live, records } = await startInLab(['--capture', backend, '--idle-timeout', '1s']);
    sendDatagrams(lab, 1_111, 2_222, 2);
    await until('the record is written', () => records().some((r) => r.sourceTransportPort === 1_111));
    expect(records().find((r) => r.sourceTransportPort === 1_111)).toMatchObject({ flowEndReason: 1 });
    expect((await live.end()).exitCode).toBe(0);
  });

  it('goes on as another user', async () => {
    const { lab, live, records } = await startInLab(['--capture', backend, '--user', 'nobody']);
    const status = fs.readFileSync(`/proc/${live.child.pid}/status`, 'utf8');
    expect(status).not.toMatch(/^Uid:\s+0/m);
    // CAP_NET_RAW alone, which is number 13.
    expect(status).toMatch(/^CapEff:\s+0*2000$/m);
    sendDatagrams(lab, 1_111, 2_222, 5);
    expect((await live.end()).exitCode).toBe(0);
    expect(records().find((r) => r.sourceTransportPort === 1_111)).toMatchObject({ packetDeltaCount: 5 });
  });

  it('ends when an output cannot be opened, or an interface', async () => {
    const words = ['--capture', backend];
    const output = path.join(temporaryFolder(), 'missing', 'live.jsonl');
    await expect(startInLab([...words, '-o', output])).rejects.toThrow(/ended without .*error: .*missing/s);
    await expect(startInLab([...words, '-i', 'missing0'])).rejects.toThrow(/ended without .*error: .*missing0/s);
  });
});

// The package cap ends the process when its interface goes down.
describe.skipIf(!PACKAGES.includes('pcap'))('a sensor with the package pcap', () => {
  it('goes on when its interface was down, and ends by itself when it is gone', async () => {
    const { lab, live, records } = await startInLab(['--capture', 'pcap']);
    sendDatagrams(lab, 1_111, 2_222, 5);
    ip('-n', lab.sensor, 'link', 'set', lab.link, 'down');
    await live.says(/warn: sens0: is down/);
    ip('-n', lab.sensor, 'link', 'set', lab.link, 'up');
    await live.says(/sens0: is up again/);
    sendDatagrams(lab, 1_112, 2_222, 5);
    ip('-n', lab.sensor, 'link', 'delete', lab.link);
    await until('it is gone', () => live.stderr.match(/warn: sens0: /g)?.length === 2);
    const end = await live.end();
    expect(end).toMatchObject({ exitCode: 0, signal: null });
    expect(lastStatus(end).ledger).toMatchObject({ balanced: true, flows: { live: 0 } });
    const mine = records().filter((r) => r.destinationTransportPort === 2_222);
    expect(mine.map((r) => r.packetDeltaCount)).toEqual([5, 5]);
  });
});
