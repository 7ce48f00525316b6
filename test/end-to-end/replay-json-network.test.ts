import fs from 'node:fs';
import path from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import type { RunStatistics } from '../../src/observe/run-statistics.js';
import { makeAuthority, makeCertificate } from '../support/certificates.js';
import { DatagramSink } from '../support/datagram-sink.js';
import { bundled, temporaryFolder, weir } from '../support/run-weir.js';
import { StreamSink, until } from '../support/stream-sink.js';

/** JSON lines over the network, plain and as syslog, to servers that listen: several outputs of one run. */

/** RFC 5424 §6: priority, version, time, host, program, process, message id, no structured data; then the message. */
const SYSLOG = /^<134>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [\x21-\x7e]{1,255} weir \d+ flow - (\{.*\})$/s;

/** The text of syslog messages of a stream: each has its octets in front (RFC 6587 §3.4.1). */
function counted(stream: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < stream.length;) {
    const space = stream.indexOf(' ', at);
    const length = stream.toString('latin1', at, space);
    expect(length).toMatch(/^[1-9]\d*$/);
    at = space + 1 + Number(length);
    expect(at).toBeLessThanOrEqual(stream.length);
    messages.push(stream.toString('utf8', space + 1, at));
  }
  return messages;
}

function message(text: string): string {
  const [, line] = SYSLOG.exec(text) ?? [];
  expect(line, text).toBeDefined();
  return line;
}

function lines(octets: Buffer): string[] {
  const text = octets.toString();
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

async function startStream(certificate: { cert: string; key: string } | null = null): Promise<StreamSink> {
  const files = certificate && { cert: fs.readFileSync(certificate.cert), key: fs.readFileSync(certificate.key) };
  const sink = await StreamSink.start(files);
  onTestFinished(() => sink.kill());
  return sink;
}

async function startDatagrams(): Promise<DatagramSink> {
  const sink = await DatagramSink.start();
  onTestFinished(() => sink.stop());
  return sink;
}

it('every output gets the lines of a file, in its own framing, and has its own counts', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'flows.jsonl');
  const authority = makeAuthority(folder, 'authority');
  const certificate = makeCertificate(folder, 'server', authority);
  const [tcp, syslogTcp] = [await startStream(), await startStream()];
  const [tls, syslogTls] = [await startStream(certificate), await startStream(certificate)];
  const [udp, syslogUdp] = [await startDatagrams(), await startDatagrams()];
  const outputs = [
    file,
    `json+tcp://127.0.0.1:${tcp.port}`,
    `json+tcp://127.0.0.1:${syslogTcp.port}?syslog`,
    `json+tls://localhost:${tls.port}?ca=${authority.cert}`,
    `json+tls://localhost:${syslogTls.port}?ca=${authority.cert}&syslog`,
    `json+udp://127.0.0.1:${udp.port}?rate=20000`,
    `json+udp://127.0.0.1:${syslogUdp.port}?syslog&rate=20000`,
    `json+tcp://127.0.0.1:${tcp.port}?filter=udp&uniflow`,
  ];
  const words = outputs.flatMap((output) => ['-o', output]);
  const { exitCode, stderr } = await weir(['replay', bundled('demo.pcap'), ...words, '--stats', 'json']);
  expect(exitCode, stderr).toBe(0);

  const written = lines(fs.readFileSync(file));
  expect(written.length).toBeGreaterThan(100);
  // The last output has a session of its own at the first server.
  await until(() => tcp.sessions.length === 2, 'both sessions');
  const [all, chosen] = tcp.sessions.map(lines).sort((a, b) => b.length - a.length);
  expect(all).toEqual(written);
  expect(lines(tls.sessions[0])).toEqual(written);
  expect(counted(syslogTcp.sessions[0]).map(message)).toEqual(written);
  expect(counted(syslogTls.sessions[0]).map(message)).toEqual(written);
  await until(() => syslogUdp.datagrams.length === written.length, 'a datagram for each line');
  expect(syslogUdp.datagrams.map((datagram) => message(datagram.toString()))).toEqual(written);
  await until(() => udp.datagrams.flatMap(lines).length === written.length, 'all lines');
  expect(udp.datagrams.flatMap(lines)).toEqual(written);
  // Several lines in one where they fit.
  expect(udp.datagrams.length).toBeLessThan(written.length);
  for (const { length } of udp.datagrams) expect(length).toBeLessThanOrEqual(1400);

  const statistics = JSON.parse(stderr) as RunStatistics;
  expect(statistics.ledger.balanced).toBe(true);
  expect(statistics.outputs.map(({ name }) => name)).toEqual(outputs);
  for (const { records, balanced, counts } of statistics.outputs.slice(0, -1)) {
    expect([records, balanced, counts.offered, counts.filtered]).toEqual([written.length, true, written.length, 0]);
  }
  const flows = written.map(
    (line) => JSON.parse(line) as { protocolIdentifier: number; reversePacketDeltaCount?: number },
  );
  const wanted = flows.filter(({ protocolIdentifier }) => protocolIdentifier === 17);
  const biflows = wanted.filter(({ reversePacketDeltaCount = 0 }) => reversePacketDeltaCount > 0);
  const { counts } = statistics.outputs[outputs.length - 1];
  expect(chosen).toHaveLength(wanted.length + biflows.length);
  expect(counts.exported).toBe(chosen.length);
  expect(counts.offered).toBe(counts.exported + counts.filtered);
  expect(counts.filtered).toBeGreaterThan(0);
});
