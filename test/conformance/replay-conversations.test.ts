import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { TUNNELS } from '../../src/decode/tunnel/tunnels.js';
import { type JsonRecord, replayInProcess } from '../support/canonical.js';
import { bundledCaptures } from '../support/captures.js';

/**
 * Who sent how much to whom in the bundled captures: the sums over weir's records against what tshark reads in the packets,
 * for each pair of ends, with tunnels closed and opened.
 */

const isThere = ['tshark', 'mergecap'].every((program) => spawnSync(program, ['--version']).status === 0);
if (!isThere) process.stderr.write('replay-conversations.test.ts: skipped, tshark and mergecap are missing\n');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-conversations-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Every packet once, whole, and nothing that wireshark reads otherwise. */
const captures = bundledCaptures().filter(
  (file) => !/(demo\.pcap|snaplen54\.pcap|truncated\.pcap|\.gz|\.zst)$/.test(file),
);

describe.skipIf(!isThere)('sums for each pair of ends are those of tshark', () => {
  it.each([
    ['tunnels closed', []],
    ['tunnels opened', Object.keys(TUNNELS)],
  ])('%s', async (_, decap) => {
    const { records, statistics } = await replayInProcess(captures, { decap });
    expect(statistics.ledger.undecodedTunnels).toBeLessThan(statistics.ledger.packets.metered / 10);
    const ours = new Sums();
    for (const record of records) addRecord(ours, record);
    const theirs = new Sums();
    for (const packet of packetsOf(captures)) addPacket(theirs, packet, decap.length > 0);
    expect(ours.lines()).toEqual(theirs.lines());
    expect(ours.lines().length).toBeGreaterThan(500);
  });
});

/** Packets and octets by direction. */
class Sums {
  private readonly sums = new Map<string, { packets: number; octets: number }>();

  add(key: string, packets: number, octets: number): void {
    if (packets === 0) return;
    const sum = this.sums.get(key) ?? { packets: 0, octets: 0 };
    this.sums.set(key, { packets: sum.packets + packets, octets: sum.octets + octets });
  }

  lines(): string[] {
    return [...this.sums].map(([key, { packets, octets }]) => `${key}: ${packets} packets, ${octets} octets`).sort();
  }
}

function addRecord(sums: Sums, record: JsonRecord): void {
  const number = (element: string): number => (record[element] as number | undefined) ?? 0;
  const text = (...elements: string[]): string =>
    elements.map((name) => record[name] as string | undefined).find((value) => value !== undefined) ?? '';
  const source = text('sourceIPv4Address', 'sourceIPv6Address');
  const destination = text('destinationIPv4Address', 'destinationIPv6Address');
  // Fragments of ICMP have no type in tshark's eyes: all else is told by its addresses.
  const isPorted = [6, 17].includes(number('protocolIdentifier'));
  const [from, to] = ['sourceTransportPort', 'destinationTransportPort'].map((name) => (isPorted ? number(name) : '-'));
  sums.add(`${source} ${from} > ${destination} ${to}`, number('packetDeltaCount'), number('octetDeltaCount'));
  sums.add(
    `${destination} ${to} > ${source} ${from}`,
    number('reversePacketDeltaCount'),
    number('reverseOctetDeltaCount'),
  );
}

const FIELDS = [
  ...['frame.protocols', 'ip.src', 'ip.dst', 'ip.len', 'ipv6.src', 'ipv6.dst', 'ipv6.plen'],
  ...['tcp.srcport', 'tcp.dstport', 'udp.srcport', 'udp.dstport'],
] as const;
/** Values of each field, one for each layer that has it. */
type Packet = Readonly<Record<(typeof FIELDS)[number], readonly string[]>>;

function addPacket(sums: Sums, packet: Packet, isOpened: boolean): void {
  const layers = packet['frame.protocols'][0].split(':');
  // What an ICMP error quotes is no packet.
  const quoting = layers.findIndex((layer) => layer === 'icmp' || layer === 'icmpv6');
  const walked = quoting < 0 ? layers : layers.slice(0, quoting + 1);
  const networks = walked.flatMap((layer, i) => (layer === 'ip' || layer === 'ipv6' ? [i] : []));
  const network = isOpened ? networks.at(-1) : networks[0];
  if (network === undefined) return;
  const before = (name: string): number => walked.slice(0, network).filter((layer) => layer === name).length;
  const version = walked[network] as 'ip' | 'ipv6';
  const n = before(version);
  const octets = version === 'ip' ? Number(packet['ip.len'][n]) : Number(packet['ipv6.plen'][n]) + 40;
  const transport = walked[network + 1];
  const [from, to] =
    transport === 'tcp' || transport === 'udp'
      ? [packet[`${transport}.srcport`][before(transport)], packet[`${transport}.dstport`][before(transport)]]
      : ['-', '-'];
  sums.add(`${packet[`${version}.src`][n]} ${from} > ${packet[`${version}.dst`][n]} ${to}`, 1, octets);
}

function packetsOf(files: readonly string[]): Packet[] {
  const merged = path.join(folder, 'all.pcapng');
  const merging = spawnSync('mergecap', ['-F', 'pcapng', '-w', merged, ...files], { encoding: 'utf8' });
  expect(merging.status, merging.stderr).toBe(0);
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const whole = ['-o', 'ip.defragment:FALSE', '-o', 'ipv6.defragment:FALSE', '-o', 'tcp.desegment_tcp_streams:FALSE'];
  const form = ['-T', 'fields', '-E', 'occurrence=a', '-E', 'separator=/t', '-E', 'aggregator=;'];
  const { status, stdout, stderr } = spawnSync('tshark', ['-n', '-r', merged, ...whole, ...form, ...fields], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect(status, stderr).toBe(0);
  return stdout
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const cells = line.split('\t').map((cell) => (cell === '' ? [] : cell.split(';')));
      return Object.fromEntries(FIELDS.map((field, i) => [field, cells[i] ?? []])) as unknown as Packet;
    });
}
