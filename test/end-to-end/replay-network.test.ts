import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { DatagramSink } from '../support/datagram-sink.js';
import { bundled, generatedTrace, temporaryFolder, weir } from '../support/run-weir.js';
import { StreamSink, until } from '../support/stream-sink.js';
import { readMessages } from '../unit/ipfix/read-messages.js';

/** Records leave over the network as they do to files. */

const CAPTURE = bundled('demo.pcap');

async function startSink(): Promise<StreamSink> {
  const sink = await StreamSink.start();
  onTestFinished(() => sink.kill());
  return sink;
}

interface Statistics {
  readonly outputs: readonly {
    readonly records: number;
    readonly fault: string | null;
    readonly counts: Record<string, unknown>;
  }[];
  readonly ledger: { readonly balanced: boolean; readonly flows: { readonly created: number } };
}

function statisticsOf(stderr: string): Statistics {
  return JSON.parse(stderr.trimEnd().split('\n').at(-1)!) as Statistics;
}

describe('weir replay', () => {
  it('sends over TCP and UDP what it writes to a file', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'demo.ipfix');
    const stream = await startSink();
    const datagrams = await DatagramSink.start();
    onTestFinished(() => datagrams.stop());
    const outputs = [
      `${file}?profile=standard`,
      `ipfix+tcp://127.0.0.1:${stream.port}`,
      `ipfix+udp://localhost:${datagrams.port}?rate=20000`,
    ];
    const { exitCode, stderr } = await weir([
      'replay',
      CAPTURE,
      ...outputs.flatMap((output) => ['-o', output]),
      '--stats',
      'json',
    ]);
    expect(exitCode, stderr).toBe(0);
    const flows = (octets: Buffer): unknown[] =>
      readMessages(octets).records.filter(({ flowId }) => flowId !== undefined);
    const written = flows(fs.readFileSync(file));
    expect(written.length).toBe(statisticsOf(stderr).ledger.flows.created);
    expect(flows(stream.sessions[0])).toEqual(written);
    await until(() => flows(Buffer.concat(datagrams.datagrams)).length === written.length, 'all datagrams');
    expect(flows(Buffer.concat(datagrams.datagrams))).toEqual(written);
  });

  it('ends with every record at a collector that was restarted meanwhile', async () => {
    const capture = await generatedTrace('flows-10k', 400_000);
    const sink = await startSink();
    const uri = `ipfix+tcp://127.0.0.1:${sink.port}`;
    const running = weir(['replay', capture, '-o', uri, '--stats', 'json']);
    await until(() => sink.octets > 0, 'the first records');
    await sink.kill();
    await sink.start();
    const { exitCode, stderr } = await running;
    expect(exitCode, stderr).toBe(0);
    const { ledger, outputs } = statisticsOf(stderr);
    const ids = sink.sessions.flatMap((octets) => readMessages(octets).records.flatMap(({ flowId }) => flowId ?? []));
    expect(new Set(ids).size).toBe(ledger.flows.created);
    expect(outputs[0].records).toBe(ledger.flows.created);
    expect(outputs[0].counts.repeated).toBeGreaterThanOrEqual(ids.length - ledger.flows.created);
    expect(ledger.balanced).toBe(true);
  });

  it('says what was lost when nobody is there, and exits with 1', async () => {
    const sink = await startSink();
    await sink.kill();
    const uri = `ipfix+tcp://127.0.0.1:${sink.port}`;
    const { exitCode, stderr } = await weir(['replay', CAPTURE, '-o', uri, '--stats', 'json']);
    expect(exitCode).toBe(1);
    const { ledger, outputs } = statisticsOf(stderr);
    expect(stderr).toContain(`weir replay: ${uri}: cannot connect: connection refused (ECONNREFUSED)`);
    expect(outputs[0].fault).toContain(`${ledger.flows.created} records were not sent; the last fault: `);
    expect(outputs[0].counts).toMatchObject({ notSent: { failed: ledger.flows.created }, exported: 0 });
    expect(ledger.balanced).toBe(true);
  });

  it('tells what is wrong with an output before it opens one', async () => {
    const cases = [
      ['ipfix+tls://127.0.0.1:1?ca=missing.pem', 1, 'cannot read ca=missing.pem: no such file or directory (ENOENT)'],
      ['ipfix+udp://127.0.0.1:1?message-size=65508', 2, "option message-size '65508': expected at most 65507 with udp"],
      ['csv+tcp://127.0.0.1:1', 2, 'csv does not travel over tcp'],
    ] as const;
    for (const [output, code, text] of cases) {
      // The first output is there, and does not keep the program from its end.
      const { exitCode, stderr } = await weir(['replay', CAPTURE, '-o', 'ipfix+tcp://127.0.0.1:1', '-o', output]);
      expect(stderr).toContain(text);
      expect(exitCode).toBe(code);
    }
  });
});
