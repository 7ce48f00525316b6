import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { parseJsonLines } from '../support/canonical.js';
import { lastStatus, startInLab } from '../support/live-sensor.js';
import { labMissing, programsMissing, skipReason } from '../support/network-lab.js';
import { bundled, temporaryFolder } from '../support/run-weir.js';
import { RunningProgram } from '../support/running-program.js';

/** Reloads while packets flow. */
const isSkipped = skipReason('reloads under load', labMissing ?? programsMissing('tcpreplay'));

/** Packets of demo.pcap, and how often it is sent. */
const PACKETS = 769;
const ROUNDS = 40;
const PACKETS_A_SECOND = 4_000;
const RELOADS = 6;

describe.skipIf(isSkipped)('reloads under load', () => {
  it.each([
    ['one worker', []],
    ['two workers', ['--workers', '2']],
    ['libpcap', ['--capture', 'libpcap']],
  ])('lose no packet and no flow, %s', async (_, words) => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'weir.yaml');
    const output = (n: number): string => path.join(folder, `flows-${n}.jsonl`);
    // Everything that can be taken over changes with each reload: output, both timeouts, the filter, which takes all packets.
    const write = (n: number): void =>
      fs.writeFileSync(
        file,
        `outputs: [${output(n)}]\nflow: {idleTimeout: ${30 - n}s, activeTimeout: ${3 - (n % 2)}s}\n` +
          `capture: {filter: '${['greater 1', 'not less 1', 'ether[0] >= 0'][n % 3]}'}\n`,
      );
    write(0);
    const { lab, live } = await startInLab(['-c', file, ...words], { hasOutput: false });
    const sending = new RunningProgram('ip', [
      ...['netns', 'exec', lab.peer, 'tcpreplay', '-q', '--pps', String(PACKETS_A_SECOND), '--loop', String(ROUNDS)],
      ...['-i', lab.peerLink, bundled('demo.pcap')],
    ]);
    let isSending = true;
    const sent = sending.ended.finally(() => (isSending = false));
    let reloads = 0;
    while (isSending && reloads < RELOADS) {
      await sleep(300);
      write(++reloads);
      live.kill('SIGHUP');
      await live.says(new RegExp(`(reload: took over [^]*){${reloads}}`));
    }
    expect((await sent).stdout).toMatch(new RegExp(`Successful packets: +${PACKETS * ROUNDS}\n`));
    const end = await live.end();
    expect({ exitCode: end.exitCode, stderr: end.stderr }).toMatchObject({ exitCode: 0 });
    const { ledger, interfaces, droppedByKernel } = lastStatus(end);
    expect(reloads).toBeGreaterThan(2);
    expect({ received: ledger.packets.received, droppedByKernel, balanced: ledger.balanced }).toEqual({
      received: PACKETS * ROUNDS,
      droppedByKernel: 0,
      balanced: true,
    });
    expect(interfaces[0].received).toBe(PACKETS * ROUNDS);
    const records = Array.from({ length: reloads + 1 }, (_each, n) =>
      parseJsonLines(fs.readFileSync(output(n), 'utf8')),
    );
    // Several outputs had their time (on a busy machine not each), and between them they have every flow and every packet.
    expect(records.filter((list) => list.length > 0).length).toBeGreaterThan(2);
    expect(records.flat()).toHaveLength(ledger.flows.created);
    const packets = records
      .flat()
      .reduce((sum, r) => sum + Number(r.packetDeltaCount) + Number(r.reversePacketDeltaCount ?? 0), 0);
    expect(packets).toBe(ledger.packets.received - ledger.packets.ignoredTotal);
  });
});
