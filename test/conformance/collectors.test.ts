import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';

import type { Output } from '../../src/export/output.js';
import { datagramCapture } from '../support/datagram-capture.js';
import { DatagramSink } from '../support/datagram-sink.js';
import { freeUdpPort, hasProgram, RunningProgram, untilListens } from '../support/programs.js';
import { temporaryFolder } from '../support/run-weir.js';
import { StreamSink, until } from '../support/stream-sink.js';
import { anyFlow } from '../unit/export/arbitrary-flows.js';
import { closedRecords, FLOW, type FlowDescription, REVERSE } from '../unit/export/closed-records.js';
import { expectBalanced, local, openOutput } from '../unit/export/delivery/network.js';
import { STATISTICS } from '../unit/export/statistics.js';

/** IPFIX over the network, as other people's collectors understand it. */

const SEED = 20_260_102;
const SECONDS = 1_700_000_000;

/** Counters that no collector has trouble to add up, and times of one hour. */
function tame(flow: FlowDescription, n: number): FlowDescription {
  const at = { us: (SECONDS + (n % 3600)) * 1e6, ns: 0 };
  const packets = (n % 1000) + 1;
  const direction = { ...flow.forward, start: at, packets, octets: packets * 100 };
  const reverse =
    flow.reverse === null ? null : { ...flow.reverse, start: at, packets: 2 * packets, octets: packets * 77 };
  return { ...flow, end: { us: at.us + 5e6, ns: 0 }, forward: direction, reverse, firstNumber: n };
}

const FLOWS: readonly FlowDescription[] = [
  FLOW,
  { ...FLOW, reverse: REVERSE },
  ...fc.sample(anyFlow, { numRuns: 3000, seed: SEED }),
].map(tame);

interface Sums {
  flows: number;
  packets: number;
  octets: number;
}

/** Sums by protocol; directions are flows of their own. */
function uniflowSums(flows: readonly FlowDescription[]): Map<number, Sums> {
  const sums = new Map<number, Sums>();
  for (const { protocol, forward, reverse } of flows) {
    for (const direction of [forward, reverse]) {
      if (direction === null) continue;
      const sum = sums.get(protocol) ?? { flows: 0, packets: 0, octets: 0 };
      sum.flows++;
      sum.packets += direction.packets;
      sum.octets += direction.octets;
      sums.set(protocol, sum);
    }
  }
  return sums;
}

function total(sums: Map<number, Sums>): Sums {
  const all = { flows: 0, packets: 0, octets: 0 };
  for (const { flows, packets, octets } of sums.values()) {
    all.flows += flows;
    all.packets += packets;
    all.octets += octets;
  }
  return all;
}

function write(output: Output, flows: readonly FlowDescription[]): void {
  for (let n = 0; n < flows.length; n += 512) output.write(closedRecords(flows.slice(n, n + 512)));
}

/** Records a second that every collector keeps up with on a busy machine. */
const recordsPerSecond = 30_000;

async function send(
  port: number,
  flows: readonly FlowDescription[],
  uniflow: boolean,
  rate = recordsPerSecond,
): Promise<Output> {
  const options = { transport: 'udp', peers: [local(port)], recordsPerSecond: rate, mayWait: true } as const;
  const { output } = openOutput(options, { uniflow });
  write(output, flows);
  await output.finish(STATISTICS);
  expect(output.error).toBeNull();
  expectBalanced(output);
  return output;
}

const HAS_NFCAPD = hasProgram('nfcapd', ['-V'], 'IPFIX to nfcapd');

describe('nfcapd', () => {
  it.skipIf(!HAS_NFCAPD).each([
    ['two records for a biflow', true],
    ['one record for a biflow', false],
  ])('reads IPFIX over UDP, %s, without a sequence failure', async (_, uniflow) => {
    const folder = temporaryFolder();
    const port = await freeUdpPort();
    const nfcapd = await startNfcapd(folder, port);
    const output = await send(port, FLOWS, uniflow);
    await until(() => socketQueue(port) === 0, 'an empty socket buffer');
    const said = await nfcapd.stop();
    const sums = uniflowSums(FLOWS);
    expect(said).toMatch(new RegExp(`Flows: ${output.counts().exported}, .*Sequence Errors: 0, Bad Packets: 0`));
    expect(nfdumpSums(folder, [])).toEqual(total(sums));
    for (const [name, protocol] of [
      ['tcp', 6],
      ['udp', 17],
      ['icmp', 1],
      ['icmp6', 58],
    ] as const) {
      expect(nfdumpSums(folder, [`proto ${name}`]), name).toEqual(sums.get(protocol));
    }
  });

  it.skipIf(!HAS_NFCAPD)('sees no sequence failure over a million records', async () => {
    const folder = temporaryFolder();
    const port = await freeUdpPort();
    const nfcapd = await startNfcapd(folder, port);
    const { output } = openOutput({ transport: 'udp', peers: [local(port)], mayWait: true });
    const block = closedRecords(FLOWS.slice(0, 1000));
    for (let n = 1; n <= 1000; n++) {
      output.write(block);
      if (n % 20 !== 0) continue;
      // As fast as nfcapd takes them.
      await until(() => output.counts().queuedRecords < 100 && socketQueue(port) === 0, 'room for more');
    }
    await output.finish(STATISTICS);
    expectBalanced(output);
    await until(() => socketQueue(port) === 0, 'an empty socket buffer');
    expect(await nfcapd.stop()).toMatch(/Flows: 1000000, .*Sequence Errors: 0, Bad Packets: 0/);
  });
});

describe('nfacctd', () => {
  it.skipIf(!hasProgram('nfacctd', ['-V'], 'IPFIX to nfacctd'))('adds up what we metered', async () => {
    const folder = temporaryFolder();
    const port = await freeUdpPort();
    const file = path.join(folder, 'sums.csv');
    const settings = path.join(folder, 'nfacctd.conf');
    const lines = [
      ...['plugins: print', 'aggregate: proto, flows', 'print_output: csv', 'print_refresh_time: 1'],
      ...[`print_output_file: ${file}`, 'print_output_file_append: true'],
      ...['nfacctd_ip: 127.0.0.1', `nfacctd_port: ${port}`, 'nfacctd_pipe_size: 8388608'],
      // A larger buffer would keep the last records back.
      ...['plugin_pipe_size: 16777216', 'plugin_buffer_size: 2048'],
    ];
    fs.writeFileSync(settings, `${lines.join('\n')}\n`);
    const nfacctd = new RunningProgram('nfacctd', ['-u', '-f', settings]);
    await untilListens(port, nfacctd);
    await send(port, FLOWS, true);
    const sums = uniflowSums(FLOWS);
    await until(() => socketQueue(port) === 0, 'an empty socket buffer');
    // It writes what it has when it ends.
    await nfacctd.stop('SIGINT');
    expect([...nfacctdSums(file)].sort(byProtocol)).toEqual([...sums].sort(byProtocol));
  });
});

describe('tshark', () => {
  it.skipIf(!hasProgram('tshark', ['-v'], 'IPFIX in datagrams for tshark')).each([
    ['two records for a biflow', true],
    ['one record for a biflow', false],
  ])('reads each datagram, %s', async (_, uniflow) => {
    const sink = await DatagramSink.start();
    onTestFinished(() => sink.stop());
    const output = await send(sink.port, FLOWS, uniflow);
    await until(() => sink.datagrams.length === output.counts().messages, 'all datagrams');
    const file = path.join(temporaryFolder(), 'datagrams.pcap');
    fs.writeFileSync(file, datagramCapture(sink.datagrams, sink.port));
    const fields = [
      'frame.number',
      'cflow.packets',
      'cflow.octets',
      'cflow.sequence_analysis.expected_sn',
      '_ws.malformed',
      '_ws.expert',
    ];
    const words = ['-r', file, '-d', `udp.port==${sink.port},cflow`, '-T', 'fields', '-E', 'separator=/t'];
    const rows = lines(run('tshark', [...words, ...fields.flatMap((field) => ['-e', field])])).map((line) =>
      line.split('\t'),
    );
    expect(rows).toHaveLength(sink.datagrams.length);
    const numbers = (column: number): number[] =>
      rows.flatMap((row) => (row[column] === '' ? [] : row[column].split(',').map(Number)));
    // In the other form the counters of the other direction are elements of RFC 5103, which tshark calls the same.
    expect(sum(numbers(1))).toBe(total(uniflowSums(FLOWS)).packets);
    expect(sum(numbers(2))).toBe(total(uniflowSums(FLOWS)).octets);
    for (const row of rows) expect(row.slice(3).join('')).toBe('');
  });
});

describe('libfixbuf', () => {
  it.skipIf(!hasProgram('ipfixDump', ['--version'], 'an IPFIX session for ipfixDump'))(
    'reads what came over TCP',
    async () => {
      const sink = await StreamSink.start();
      onTestFinished(() => sink.kill());
      const { output } = openOutput({ transport: 'tcp', peers: [local(sink.port)] }, { maxMessageOctets: 65_535 });
      write(output, FLOWS);
      await output.finish(STATISTICS);
      const file = path.join(temporaryFolder(), 'session.ipfix');
      fs.writeFileSync(file, sink.sessions[0]);
      const text = run('ipfixDump', ['--in', file, '--yaf', '--data']);
      const values = (name: string): number[] =>
        [...text.matchAll(new RegExp(`\\b${name} : (\\d+)`, 'g'))].map(([, value]) => Number(value));
      const sums = total(uniflowSums(FLOWS));
      expect(sum([...values('packetDeltaCount'), ...values('reversePacketDeltaCount')])).toBe(sums.packets);
      expect(sum([...values('octetDeltaCount'), ...values('reverseOctetDeltaCount')])).toBe(sums.octets);
      expect(values('exportedFlowRecordTotalCount')).toEqual([FLOWS.length, FLOWS.length]);
    },
  );
});

async function startNfcapd(folder: string, port: number): Promise<RunningProgram> {
  const words = ['-w', folder, '-p', String(port), '-b', '127.0.0.1', '-t', '3600', '-B', '16777216'];
  const nfcapd = new RunningProgram('nfcapd', words);
  await untilListens(port, nfcapd);
  return nfcapd;
}

/** Sums of the flows that a filter lets through; both directions of a biflow. */
function nfdumpSums(folder: string, filter: readonly string[]): Sums {
  const text = run('nfdump', ['-R', folder, '-q', '-N', '-o', 'fmt:%ipkt,%opkt,%ibyt,%obyt', ...filter]);
  const sums: Sums = { flows: 0, packets: 0, octets: 0 };
  for (const line of lines(text)) {
    const [inPackets, outPackets, inOctets, outOctets] = line.split(',').map(Number);
    sums.flows += outPackets > 0 ? 2 : 1;
    sums.packets += inPackets + outPackets;
    sums.octets += inOctets + outOctets;
  }
  return sums;
}

/** The file has a line for each protocol and each time that it was written. */
function nfacctdSums(file: string): Map<number, Sums> {
  const sums = new Map<number, Sums>();
  if (!fs.existsSync(file)) return sums;
  for (const line of lines(fs.readFileSync(file, 'utf8')).filter((each) => /^\d/.test(each))) {
    const [protocol, packets, flows, octets] = line.split(',').map(Number);
    const sum = sums.get(protocol) ?? { flows: 0, packets: 0, octets: 0 };
    sums.set(protocol, { flows: sum.flows + flows, packets: sum.packets + packets, octets: sum.octets + octets });
  }
  return sums;
}

function byProtocol([a]: [number, Sums], [b]: [number, Sums]): number {
  return a - b;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function run(program: string, words: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}

/** Octets that wait in the buffer of a UDP socket. */
function socketQueue(port: number): number {
  const number = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = fs
    .readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const line = lines.find(([, address]) => address?.endsWith(`:${number}`));
  return line === undefined ? 0 : parseInt(line[4].split(':')[1], 16);
}
