import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it, onTestFinished } from 'vitest';

import { createOutput } from '../../src/export/create-output.js';
import type { ExporterKnowledge } from '../../src/export/options/options-record.js';
import { hasNfacctd, hasNfcapd, Nfacctd, Nfcapd } from '../support/collectors.js';
import { datagramCapture } from '../support/datagram-capture.js';
import { DatagramSink } from '../support/datagram-sink.js';
import { hasProgram } from '../support/programs.js';
import { run, temporaryFolder } from '../support/run-weir.js';
import { until } from '../support/stream-sink.js';
import { closedRecords, FLOW } from '../unit/export/closed-records.js';
import { expectBalanced } from '../unit/export/delivery/network.js';
import { STATISTICS } from '../unit/export/statistics.js';

/** Options records that come again and again between flows, as in live operation, at other people's collectors. */

const FORMATS = ['netflow9', 'ipfix'] as const;
type Format = (typeof FORMATS)[number];

const ROUNDS = 8;
const BLOCK_FLOWS = 300;
const FLOWS = ROUNDS * BLOCK_FLOWS;

const KNOWLEDGE: ExporterKnowledge = {
  interfaces: () => [
    { number: 1, name: 'lan0', description: 'the inside' },
    { number: 2, name: 'wan0', description: 'the outside' },
  ],
  applications: () => [{ id: Uint8Array.of(6, 0, 0, 80), name: 'http' }],
};

interface Receiver {
  readonly port: number;
  /** Resolves when it has read what was sent; of one that always reads at once there is none. */
  untilRead?(): Promise<void>;
}

/** Sends flows to a collector; statistics after each block of them, the Templates again every other time. */
async function operate(receiver: Receiver, format: Format, options = ''): Promise<void> {
  const output = await createOutput(`${format}+udp://127.0.0.1:${receiver.port}?uniflow&rate=20000${options}`, {
    interfaceInKey: true,
    ipfix: { knowledge: KNOWLEDGE },
  });
  let nowMs = 1_000_000;
  for (let round = 0; round < ROUNDS; round++) {
    const flows = Array.from({ length: BLOCK_FLOWS }, () => ({ ...FLOW, interface: round % 2 }));
    output.write(closedRecords(flows));
    output.statistics(STATISTICS);
    output.tick((nowMs += 30_000));
    const sent = (round + 1) * BLOCK_FLOWS;
    await until(() => output.counts().exported === sent, 'the records of this round');
    await receiver.untilRead?.();
  }
  await output.finish(STATISTICS);
  expect(output.error).toBeNull();
  expectBalanced(output);
}

describe.skipIf(!hasNfcapd)('nfcapd', () => {
  it.each(FORMATS)('sees no sequence failure in %s', async (format) => {
    const collector = await Nfcapd.start();
    await operate(collector, format);
    const { sums, sequenceFailures, badMessages, log } = await collector.collect();
    const expected = { flows: FLOWS, packets: FLOWS * FLOW.forward.packets, octets: FLOWS * FLOW.forward.octets };
    expect([sums.get(6), sequenceFailures, badMessages], log).toEqual([expected, 0, 0]);
    expect(log).not.toMatch(/invalid|corrupt|extra bytes|error:/i);
  });

  it('sees one for each statistics record in the domain of the flows', async () => {
    const collector = await Nfcapd.start();
    await operate(collector, 'ipfix', '&options-domain=0');
    const { sequenceFailures, log } = await collector.collect();
    // After the last one no flow comes that a number could be missing in front of.
    expect(sequenceFailures, log).toBeGreaterThanOrEqual(ROUNDS - 1);
  });

  it.each(FORMATS)('knows the names of interfaces from %s', async (format) => {
    const collector = await Nfcapd.start();
    await operate(collector, format);
    const { log } = await collector.collect();
    const names = await collector.records('fmt:%in %inam');
    const lines = [...new Set(names.map((line) => line.trim().replace(/\s+/g, ' ')))].sort();
    expect(lines, log).toEqual(['1 lan0, the inside', '2 wan0, the outside']);
  });
});

describe.skipIf(!hasNfacctd)('nfacctd', () => {
  it.each(FORMATS)('sees no sequence failure in %s', async (format) => {
    const collector = await Nfacctd.start();
    await operate(collector, format);
    const { sums, sequenceFailures, badMessages, log } = await collector.collect(FLOWS);
    expect([sums.get(6)?.flows, sequenceFailures, badMessages], log).toEqual([FLOWS, 0, 0]);
  });
});

describe.skipIf(!hasProgram('tshark', ['-v'], 'options between flows'))('tshark', () => {
  it.each(FORMATS)('reads all options, and expects the numbers that are there, in %s', async (format) => {
    const sink = await DatagramSink.start();
    onTestFinished(() => sink.stop());
    await operate(sink, format);
    await sleep(50);
    const file = path.join(temporaryFolder(), 'datagrams.pcap');
    fs.writeFileSync(file, datagramCapture(sink.datagrams, sink.port));
    const shown = async (...words: readonly string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await run('tshark', [
        ...['-n', '-r', file, '-d', `udp.port==${sink.port},cflow`],
        ...words,
      ]);
      expect(exitCode, stderr).toBe(0);
      return stdout;
    };
    const wrong = await shown('-T', 'fields', '-e', 'cflow.sequence_analysis.expected_sn', '-e', '_ws.malformed');
    expect(wrong.trim()).toBe('');
    const text = await shown('-V');
    expect(text).not.toMatch(/no template found|Malformed|\[Expert Info \((Error|Warn)/i);
    expect(text).toMatch(/lan0/);
    expect(text).toMatch(/http/);
    expect(text).toContain(`FlowsExp: ${FLOWS}`);
  });
});
