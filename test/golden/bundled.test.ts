import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { TUNNELS } from '../../src/decode/tunnel/tunnels.js';
import { canonicalFlow, type JsonRecord, replayInProcess } from '../support/canonical.js';
import { bundledCaptures } from '../support/captures.js';
import { compareFlows } from '../support/compare-records.js';

/**
 * The captures that come with the project: counts as tshark and capinfos have them (pcaps/expected.tsv), and the records
 * as they are shipped, octet by octet. After a change of what records say, `UPDATE_GOLDEN=1 npx vitest run test/golden`
 * writes them anew; `git diff` then shows what there is to review.
 */

const here = fileURLToPath(new URL('.', import.meta.url));
const goldenFolder = path.join(here, 'bundled');
const isUpdate = process.env.UPDATE_GOLDEN === '1';

const captures = bundledCaptures();
const captureNamed = (name: string): string => captures.find((file) => path.basename(file) === name) ?? name;

const ALL_TUNNELS = Object.keys(TUNNELS);
const WITH_TUNNELS = [
  'erspan1.pcap',
  'erspan2.pcap',
  'geneve.pcap',
  'gre.pcap',
  'gretap.pcap',
  'gtpu.pcap',
  'ip6tnl.pcap',
  'ipip.pcap',
  'pptp.pcap',
  'sit.pcap',
  'vxlan.pcap',
];
/** The same packets in another file, and captures of hundreds of like flows: there are tests of their own for them. */
const WITHOUT_GOLDEN = ['demo.pcap', 'dns.pcap.gz', 'http-snaplen54.pcap', 'scan.pcap', 'ssh.pcap.zst'];
const DEMO_PARTS = ['ssh', 'dns', 'http', 'https', 'ftp-passive', 'ntp', 'icmp', 'scan'].map((name) => `${name}.pcap`);

interface ExpectedCounts {
  readonly name: string;
  readonly packets: number;
  readonly ipv4: readonly [packets: number, octets: number];
  readonly ipv6: readonly [packets: number, octets: number];
}

const expectedCounts: readonly ExpectedCounts[] = fs
  .readFileSync(path.join(path.dirname(captures[0]), 'expected.tsv'), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [name, ...counts] = line.split('\t');
    const [packets, packets4, octets4, packets6, octets6] = counts.map(Number);
    return { name, packets, ipv4: [packets4, octets4], ipv6: [packets6, octets6] };
  });

it('has expected counts for every bundled capture', () => {
  expect(expectedCounts.map(({ name }) => name).sort()).toEqual(captures.map((file) => path.basename(file)).sort());
});

describe('counts', () => {
  it.each(expectedCounts)('of $name are those of tshark', async ({ name, packets, ipv4, ipv6 }) => {
    const { records, statistics } = await replayInProcess([captureNamed(name)]);
    const { ledger } = statistics;
    expect(ledger.packets.received).toBe(packets);
    expect(ledger.balanced).toBe(true);
    expect(sums(records.filter(({ sourceIPv4Address }) => sourceIPv4Address !== undefined))).toEqual(ipv4);
    expect(sums(records.filter(({ sourceIPv6Address }) => sourceIPv6Address !== undefined))).toEqual(ipv6);
  });
});

describe('records', () => {
  const plain = captures.map((file) => path.basename(file)).filter((name) => !WITHOUT_GOLDEN.includes(name));

  it.each(plain)('of %s are as before', async (name) => {
    const { text } = await replayInProcess([captureNamed(name)]);
    expectGolden(`${name}.jsonl`, text);
  });

  it.each(WITH_TUNNELS)('of %s, tunnels opened, are as before', async (name) => {
    const { text, statistics } = await replayInProcess([captureNamed(name)], { decap: ALL_TUNNELS });
    expect(statistics.ledger.balanced).toBe(true);
    expectGolden(`${name}.decap.jsonl`, text);
  });

  it('has no golden file without a test', () => {
    const wanted = [...plain.map((name) => `${name}.jsonl`), ...WITH_TUNNELS.map((name) => `${name}.decap.jsonl`)];
    expect(fs.readdirSync(goldenFolder).sort()).toEqual(wanted.sort());
  });

  it.each([
    ['dns.pcap.gz', 'dns.pcap'],
    ['ssh.pcap.zst', 'ssh.pcap'],
    ['http-snaplen54.pcap', 'http.pcap'],
  ])('of %s are those of %s', async (variant, original) => {
    const { text } = await replayInProcess([captureNamed(variant)]);
    expectGolden(`${original}.jsonl`, text);
  });

  it('of demo.pcap are those of its parts, which overlap in time', async () => {
    const parts = await Promise.all(DEMO_PARTS.map((name) => replayInProcess([captureNamed(name)])));
    const whole = await replayInProcess([captureNamed('demo.pcap')]);
    // The end of a part's capture forces its flows out, in the merged capture the clock goes on; flows are numbered anew.
    const comparable = (record: JsonRecord): JsonRecord => ({ ...record, flowId: 0, flowEndReason: 0 });
    const lines = (records: readonly JsonRecord[]): string[] =>
      records.map((record) => JSON.stringify(comparable(record))).sort();
    expect(lines(whole.records)).toEqual(lines(parts.flatMap(({ records }) => records)));
  });

  it('of scan.pcap are one flow a port', async () => {
    const { records } = await replayInProcess([captureNamed('scan.pcap')]);
    const scan = records.filter(({ sourceIPv4Address }) => sourceIPv4Address === '10.10.0.66');
    expect(
      scan.map(({ destinationTransportPort }) => destinationTransportPort as number).sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 200 }, (_, port) => port + 1));
    for (const record of scan) {
      const isOpen = [22, 80].includes(record.destinationTransportPort as number);
      expect(record).toMatchObject({
        protocolIdentifier: 6,
        initialTCPFlags: 0x02,
        // An open port answers, and the scanner resets.
        packetDeltaCount: isOpen ? 2 : 1,
        unionTCPFlags: isOpen ? 0x04 : 0,
        reversePacketDeltaCount: 1,
        reverseInitialTCPFlags: isOpen ? 0x12 : 0x14,
        flowEndReason: 3,
      });
    }
  });

  it('are the same when the capture comes in two files', async () => {
    const name = 'dns.pcap';
    const once = await replayInProcess([captureNamed(name)]);
    const twice = await replayInProcess([captureNamed(name), captureNamed('icmp.pcap')]);
    const other = await replayInProcess([captureNamed('icmp.pcap')]);
    const flows = (records: readonly JsonRecord[]): ReturnType<typeof canonicalFlow>[] =>
      records.map((record) => canonicalFlow({ ...record, flowEndReason: 0 }));
    expect(compareFlows([...flows(once.records), ...flows(other.records)], flows(twice.records))).toBeNull();
  });
});

function expectGolden(name: string, text: string): void {
  const file = path.join(goldenFolder, name);
  if (isUpdate) {
    fs.mkdirSync(goldenFolder, { recursive: true });
    fs.writeFileSync(file, text);
  }
  // Line by line, so that a difference is shown as one.
  expect(text.split('\n')).toEqual(fs.readFileSync(file, 'utf8').split('\n'));
}

function sums(records: readonly JsonRecord[]): [packets: number, octets: number] {
  const sum = (...elements: string[]): number =>
    records.reduce(
      (total, record) => total + elements.reduce((n, element) => n + ((record[element] as number) ?? 0), 0),
      0,
    );
  return [sum('packetDeltaCount', 'reversePacketDeltaCount'), sum('octetDeltaCount', 'reverseOctetDeltaCount')];
}
