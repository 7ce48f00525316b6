import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { flowFields } from '../../src/export/fields/flow-fields.js';
import type { MessageEncoder, MessageSink } from '../../src/export/message-encoder.js';
import { Netflow5Encoder } from '../../src/export/netflow/netflow5-encoder.js';
import { Netflow9Messages } from '../../src/export/netflow/netflow9-messages.js';
import { noteRow, totalOf } from '../support/collector-matrix.js';
import { addSums, hasNfacctd, hasNfcapd, Nfacctd, Nfcapd, type ProtocolSums } from '../support/collectors.js';
import { ethernet } from '../support/link-frames.js';
import { data, ipv4, udp } from '../support/packets.js';
import { temporaryFolder } from '../support/run-weir.js';
import { tsharkVersion } from '../support/tshark.js';
import { pcap } from '../unit/capture/capture-builder.js';
import { closedRecords, FLOW, type FlowDescription, REVERSE } from '../unit/export/closed-records.js';
import { expectedElements, type Values } from '../unit/export/expected-records.js';
import { anyTimedFlow, collecting } from '../unit/export/netflow-flows.js';
import { STATISTICS } from '../unit/export/statistics.js';

/** NetFlow v5 and v9 with all that records can have, as other people's collectors read it. */

const SEED = 20_260_102;
const BLOCK_FLOWS = 512;

type Version = 5 | 9;

/** Counters that no collector has trouble to add up. */
function tame(flow: FlowDescription, n: number): FlowDescription {
  const packets = (n % 1000) + 1;
  const { forward, reverse } = flow;
  return {
    ...flow,
    forward: { ...forward, packets, octets: packets * 100 },
    reverse: reverse === null ? null : { ...reverse, packets: 2 * packets, octets: packets * 77 },
  };
}

const FLOWS: readonly FlowDescription[] = [
  FLOW,
  { ...FLOW, reverse: REVERSE },
  ...fc.sample(anyTimedFlow, { numRuns: 3000, seed: SEED }),
].map(tame);

const ENCODERS: Readonly<Record<Version, (sink: MessageSink) => MessageEncoder>> = {
  5: (sink) => new Netflow5Encoder(flowFields(), {}, sink),
  9: (sink) => new Netflow9Messages(flowFields(), {}, sink),
};

/** All messages of the flows: with options, and Templates again in the middle. */
function messagesOf(version: Version, flows: readonly FlowDescription[]): Buffer[] {
  const { encoder, messages } = collecting(ENCODERS[version]);
  for (let n = 0; n < flows.length; n += BLOCK_FLOWS) {
    encoder.write(closedRecords(flows.slice(n, n + BLOCK_FLOWS)));
    encoder.announce(false);
    encoder.options(STATISTICS, { messages: messages.length, octets: 1000 });
  }
  encoder.flush();
  return messages.map(({ octets }) => octets);
}

/** The uniflows that a version can tell, by element name. */
function uniflows(version: Version, flows: readonly FlowDescription[]): Values[] {
  const carried = flows.filter((flow) => version === 9 || flow.version === 4);
  return carried.flatMap((flow) => expectedElements(flow, { uniflow: true }));
}

function sumsOf(records: readonly Values[]): ProtocolSums {
  const sums: ProtocolSums = new Map();
  for (const { protocolIdentifier, packetDeltaCount, octetDeltaCount } of records) {
    addSums(sums, Number(protocolIdentifier), {
      flows: 1,
      packets: Number(packetDeltaCount),
      octets: Number(octetDeltaCount),
    });
  }
  return sums;
}

function inOrder(sums: ProtocolSums): unknown[] {
  return [...sums].sort(([a], [b]) => a - b);
}

const VERSIONS: readonly Version[] = [9, 5];

describe.skipIf(!hasNfcapd)('nfcapd', () => {
  /** One record as nfdump prints it: times, protocol, source port, ToS, packets, octets. */
  function line(record: Values, version: Version): string {
    const time = (name: string): string => String(record[name]).replace('T', ' ').replace('Z', '');
    // nfdump shows no source port of ICMP, nor, over v9, of ICMPv6.
    const isIcmp = record.protocolIdentifier === 1 || (record.protocolIdentifier === 58 && version === 9);
    const cells = [
      ...[time('flowStartMilliseconds'), time('flowEndMilliseconds'), record.protocolIdentifier],
      ...[
        isIcmp ? 0 : record.sourceTransportPort,
        record.ipClassOfService,
        record.packetDeltaCount,
        record.octetDeltaCount,
      ],
    ];
    return cells.join(' ');
  }

  it.each(VERSIONS)('reads every record of NetFlow v%i', async (version) => {
    const collector = await Nfcapd.start();
    await collector.send(messagesOf(version, FLOWS));
    const collected = await collector.collect();
    const expected = uniflows(version, FLOWS);
    expect(inOrder(collected.sums), collected.log).toEqual(inOrder(sumsOf(expected)));
    expect([collected.sequenceFailures, collected.badMessages], collected.log).toEqual([0, 0]);
    const lines = await collector.records('fmt:%ts %te %pr %sp %tos %pkt %byt');
    expect(lines.map((text) => text.trim().replace(/\s+/g, ' ')).sort()).toEqual(
      expected.map((record) => line(record, version)).sort(),
    );
  });

  it.each(VERSIONS)('sees no gap in a million records of NetFlow v%i', async (version) => {
    const collector = await Nfcapd.start();
    const blocks = 1960;
    const block = closedRecords(Array.from({ length: BLOCK_FLOWS }, (_, n) => tame(FLOW, n)));
    const messages: Buffer[] = [];
    const encoder = ENCODERS[version]((octets, from, to) => {
      messages.push(Buffer.from(octets.subarray(from, to)));
    });
    for (let n = 0; n < blocks; n++) {
      encoder.write(block);
      await collector.send(messages.splice(0));
    }
    encoder.flush();
    await collector.send(messages.splice(0));
    const { sums, sequenceFailures, log } = await collector.collect();
    expect(totalOf(sums).flows, log).toBe(blocks * BLOCK_FLOWS);
    expect(sequenceFailures, log).toBe(0);
  });
});

describe.skipIf(!hasNfacctd)('nfacctd', () => {
  it.each(VERSIONS)('reads every record of NetFlow v%i', async (version) => {
    const collector = await Nfacctd.start();
    const expected = uniflows(version, FLOWS);
    await collector.send(messagesOf(version, FLOWS));
    const collected = await collector.collect(expected.length);
    expect(inOrder(collected.sums), collected.log).toEqual(inOrder(sumsOf(expected)));
    expect([collected.sequenceFailures, collected.badMessages], collected.log).toEqual([0, 0]);
  });
});

if (tsharkVersion === null) console.log('skipped: reading NetFlow with tshark needs tshark');
describe.skipIf(tsharkVersion === null)('tshark', () => {
  const NETFLOW_PORT = 2055;

  /** What tshark says of the messages in datagrams. */
  function tshark(messages: readonly Buffer[], ...words: readonly string[]): string {
    const file = path.join(temporaryFolder(), 'netflow.pcap');
    const frames = messages.map((message) => ethernet(ipv4({}, udp({ dport: NETFLOW_PORT }, data(message)))).octets);
    fs.writeFileSync(
      file,
      pcap(frames.map((octets, n) => ({ seconds: 1_700_000_000 + n, subseconds: 0, data: octets }))),
    );
    const { stdout, stderr, status } = spawnSync(
      'tshark',
      ['-n', '-r', file, '-d', `udp.port==${NETFLOW_PORT},cflow`, ...words],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    expect(status, stderr).toBe(0);
    return stdout;
  }

  const FIELDS = [
    'cflow.packets',
    'cflow.octets',
    'cflow.protocol',
    'cflow.sequence_analysis.expected_sn',
    '_ws.malformed',
  ] as const;

  /** All values of each field, over all messages. */
  function fieldValues(messages: readonly Buffer[]): Record<(typeof FIELDS)[number], string[]> {
    const text = tshark(messages, '-T', 'fields', ...FIELDS.flatMap((field) => ['-e', field]));
    const rows = text
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t'));
    const of = (n: number): string[] => rows.flatMap((row) => row[n].split(',')).filter((value) => value !== '');
    return Object.fromEntries(FIELDS.map((field, n) => [field, of(n)])) as ReturnType<typeof fieldValues>;
  }

  it.each(VERSIONS)('finds nothing wrong with NetFlow v%i', (version) => {
    const messages = messagesOf(version, FLOWS.slice(0, 1500));
    const expected = uniflows(version, FLOWS.slice(0, 1500));
    const fields = fieldValues(messages);
    const seen = fields['cflow.packets'].map(Number);
    const octets = fields['cflow.octets'].map(Number);
    const sent = totalOf(sumsOf(expected));
    const sum = (list: readonly number[]): number => list.reduce((all, each) => all + each, 0);
    const gaps = fields['cflow.sequence_analysis.expected_sn'].length;
    noteRow({
      collector: `tshark ${/\d+\.\d+\.\d+/.exec(tsharkVersion ?? '')?.[0] ?? ''}`,
      format: `NetFlow v${version}`,
      transport: 'UDP',
      sent,
      seen: { flows: seen.length, packets: sum(seen), octets: sum(octets) },
      sequenceFailures: gaps,
    });
    expect(seen).toEqual(expected.map(({ packetDeltaCount }) => packetDeltaCount));
    expect(octets).toEqual(expected.map(({ octetDeltaCount }) => octetDeltaCount));
    expect(fields['cflow.protocol'].map(Number)).toEqual(expected.map((record) => record.protocolIdentifier));
    expect(gaps).toBe(0);
    expect(fields['_ws.malformed']).toEqual([]);
    expect(tshark(messages, '-V')).not.toMatch(/no template found|Malformed|\[Expert Info \((Error|Warn)/i);
  });
});
