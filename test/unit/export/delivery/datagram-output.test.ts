import { describe, expect, it, onTestFinished } from 'vitest';

import { flowFields } from '../../../../src/export/fields/flow-fields.js';
import { recordsFor } from '../../../../src/export/options/options-records.js';
import { UdpTransport } from '../../../../src/export/transport/udp.js';
import { DatagramSink } from '../../../support/datagram-sink.js';
import { until } from '../../../support/stream-sink.js';
import { readMessages } from '../../ipfix/read-messages.js';
import { STATISTICS } from '../statistics.js';
import { expectBalanced, expectSound, local, numbersOf, openOutput, range, writeFlows } from './network.js';

async function startSink(): Promise<DatagramSink> {
  const sink = await DatagramSink.start();
  onTestFinished(() => sink.stop());
  return sink;
}

/** Records per second that the sink's socket buffer takes whatever else the machine does. */
const recordsPerSecond = 40_000;

/** Message kinds: whether a datagram begins with a Template Set. */
function isTemplates(datagram: Buffer): boolean {
  return datagram.readUInt16BE(16) < 256;
}

describe('an output over UDP', () => {
  it('sends each message in a datagram no larger than asked for', async () => {
    const sink = await startSink();
    const { output, told } = openOutput({ transport: 'udp', peers: [local(sink.port)], recordsPerSecond });
    writeFlows(output, 0, 10_000);
    await output.finish(STATISTICS);
    await until(() => sink.datagrams.length === output.counts().messages, 'all datagrams');
    for (const datagram of sink.datagrams) {
      expect(datagram.length).toBeLessThanOrEqual(1400);
      expect(datagram.readUInt16BE(2)).toBe(datagram.length);
    }
    expect(isTemplates(sink.datagrams[0])).toBe(true);
    const result = readMessages(Buffer.concat(sink.datagrams));
    expectSound(result);
    expect(numbersOf(result)).toEqual(range(10_000));
    expect(output.counts()).toMatchObject({ offered: 10_000, exported: 10_000, errors: 0, repeated: 0 });
    expectBalanced(output);
    expect(told).toEqual([]);
  });

  it('is closed for good though its name was being looked up', async () => {
    const transport = new UdpTransport('test', { host: 'localhost', port: 4739 });
    const opening = transport.open();
    await transport.close();
    await opening;
    await expect(transport.send([new Uint8Array(4)])).rejects.toThrow('test: is not open');
  });

  it('waits for a way to its peer when the system knows none', async () => {
    // Refused when it is connected, as a host is that no route leads to.
    const peers = [{ host: '255.255.255.255', port: 4739 }];
    const { output, told } = openOutput({ transport: 'udp', peers, lingerMs: 100 });
    writeFlows(output, 0, 10);
    await until(() => told.length > 0, 'the fault');
    await output.finish(STATISTICS);
    expect(told[0]).toBe(`${output.name}: cannot reach: permission denied (EACCES)`);
    expect(output.counts()).toMatchObject({ exported: 0, notSent: { failed: 10 } });
    expectBalanced(output);
  });

  it('keeps to a rate', async () => {
    const sink = await startSink();
    const { output } = openOutput({
      transport: 'udp',
      peers: [local(sink.port)],
      recordsPerSecond: 5_000,
      mayWait: true,
    });
    const start = performance.now();
    writeFlows(output, 0, 3_000);
    await output.finish(STATISTICS);
    // The first 20 ms of the rate may go at once.
    expect(performance.now() - start).toBeGreaterThan(550);
    expect(output.counts().exported).toBe(3_000);
  });

  it('sends Templates again by the clock and by the number of messages, flows or not', async () => {
    const sink = await startSink();
    const { output } = openOutput({
      transport: 'udp',
      peers: [local(sink.port)],
      refresh: { ms: 60_000, messages: 10 },
      recordsPerSecond,
    });
    const templates = (): number => sink.datagrams.filter(isTemplates).length;
    output.tick(1_000_000);
    writeFlows(output, 0, 3);
    output.tick(1_001_000);
    await until(() => numbersOf(readMessages(Buffer.concat(sink.datagrams))).length === 3, 'the first records');
    const atStart = templates();
    output.tick(1_059_999);
    output.tick(1_060_000);
    await until(() => templates() === atStart + 1, 'Templates by the clock');
    const again = sink.datagrams.findLast(isTemplates)!;
    // Three Templates of flows, and those of the options.
    expect(readMessages(again).counters.templates).toBe(3 + recordsFor(flowFields()).length);
    output.tick(1_120_000);
    await until(() => templates() === atStart + 2, 'Templates by the clock, without a flow between');
    writeFlows(output, 3, 200);
    await until(() => templates() > atStart + 2, 'Templates by the number of messages');
    await output.finish(STATISTICS);
    expectSound(readMessages(Buffer.concat(sink.datagrams)));
  });

  it('sends what has waited for a second', async () => {
    const sink = await startSink();
    const { output } = openOutput({ transport: 'udp', peers: [local(sink.port)] });
    output.tick(10_000);
    writeFlows(output, 0, 1);
    output.tick(10_999);
    expect(output.counts().queuedRecords).toBe(1);
    output.tick(11_000);
    await until(() => output.counts().exported === 1, 'the record');
    await output.finish(STATISTICS);
  });

  it('counts what a bounded queue drops while nobody listens, and goes on when somebody does', async () => {
    const sink = await startSink();
    await sink.stop();
    const queueOctets = 200_000;
    const { output, told } = openOutput({ transport: 'udp', peers: [local(sink.port)], queueOctets, recordsPerSecond });
    for (let n = 0; output.counts().errors === 0; n += 10) {
      writeFlows(output, n, 10);
      output.tick(n * 1_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const before = output.counts().offered;
    expect(told[0]).toBe(`${output.name}: not received: connection refused (ECONNREFUSED)`);
    expectBalanced(output);
    writeFlows(output, before, 20_000);
    const { notSent, queuedOctets } = output.counts();
    expect(queuedOctets).toBeLessThanOrEqual(queueOctets + 262_144);
    expect(notSent.queueFull).toBeGreaterThan(10_000);
    expectBalanced(output);
    await sink.start();
    await output.finish(STATISTICS);
    const counts = output.counts();
    await until(() => sink.datagrams.length > 0, 'datagrams');
    await until(
      () => numbersOf(readMessages(Buffer.concat(sink.datagrams))).includes(before + 19_999),
      'the last record',
    );
    const result = readMessages(Buffer.concat(sink.datagrams));
    expect(result.problems).toEqual([]);
    expect(numbersOf(result)).toHaveLength(new Set(numbersOf(result)).size);
    expect(counts.exported).toBe(counts.offered - counts.notSent.queueFull);
    expectBalanced(output);
  });
});
