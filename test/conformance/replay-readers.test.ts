import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { bundled, weir } from '../support/run-weir.js';

/** The IPFIX files of whole replays, read by other people's programs: equal counts of flows, packets and octets. */

const CASES: readonly (readonly [name: string, words: readonly string[]])[] = [
  ['demo', [bundled('demo.pcap')]],
  ['icmp', [bundled('icmp.pcap')]],
  ['one direction a record', [bundled('demo.pcap'), '--uniflow']],
  ['long', [bundled('quiet-vpn.pcap'), '--time', 'us']],
  ['tags and labels', [bundled('qinq.pcap'), bundled('mpls.pcap'), bundled('vlan.pcap')]],
  [
    'tunnels',
    [bundled('vxlan.pcap'), bundled('geneve.pcap'), bundled('gre.pcap'), bundled('ip6tnl.pcap'), '--decap', 'all'],
  ],
  ['damaged', [bundled('dns-truncated.pcap'), '--time', 'ns']],
];

interface Counts {
  readonly flows: number;
  readonly packets: number;
  readonly octets: number;
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-readers-'));
const fileOf = (name: string): string => path.join(folder, `${name.replaceAll(' ', '-')}.ipfix`);
const expected = new Map<string, Counts>();

beforeAll(async () => {
  for (const [name, words] of CASES) {
    const { stderr } = await weir(['replay', ...words, '-o', fileOf(name), '--stats', 'json']);
    const { outputs, ledger } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as {
      outputs: { records: number }[];
      ledger: { packets: { metered: number }; octetsMetered: number };
    };
    expected.set(name, { flows: outputs[0].records, packets: ledger.packets.metered, octets: ledger.octetsMetered });
  }
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function output(program: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  expect(status, stderr).toBe(0);
  return stdout;
}

function isThere(program: string): boolean {
  const found = spawnSync(program, ['--version']).status === 0;
  if (!found) process.stderr.write(`replay-readers.test.ts: ${program} not tried, the program is missing\n`);
  return found;
}

const sum = (values: readonly string[]): number => values.reduce((total, value) => total + Number(value), 0);

describe.skipIf(!isThere('ipfixDump'))('ipfixDump of libfixbuf reads', () => {
  it.each(CASES.map(([name]) => name))('%s', (name) => {
    const text = output('ipfixDump', '--yaf', '-i', fileOf(name));
    const values = (element: string): string[] =>
      [...text.matchAll(new RegExp(`^\\t\\([\\d/]+\\) +${element} : (\\d+)$`, 'gm'))].map(([, value]) => value);
    expect({
      flows: values('packetDeltaCount').length,
      packets: sum([...values('packetDeltaCount'), ...values('reversePacketDeltaCount')]),
      octets: sum([...values('octetDeltaCount'), ...values('reverseOctetDeltaCount')]),
    }).toEqual(expected.get(name));
    const records = text.match(/^--- data record/gm)?.length;
    expect(text).toMatch(new RegExp(`File Stats: \\d+ Messages, ${records} Data Records`));
    // In two records: what this output sent, and YAF's statistics.
    const flows = String(expected.get(name)?.flows);
    expect(values('exportedFlowRecordTotalCount')).toEqual([flows, flows]);
  });
});

describe.skipIf(!isThere('tshark'))('tshark reads', () => {
  it.each(CASES.map(([name]) => name))('%s', (name) => {
    const fields = ['cflow.flow_id', 'cflow.packets', 'cflow.octets', '_ws.malformed'];
    const lines = output('tshark', '-r', fileOf(name), '-T', 'fields', ...fields.flatMap((field) => ['-e', field]));
    const messages = lines.split('\n').map((line) => line.split('\t'));
    const [ids, packets, octets, malformed] = fields.map((_, column) =>
      messages.flatMap((cells) => (cells[column] ?? '').split(',').filter((value) => value !== '')),
    );
    // It takes the reverse counts for counts, which they are.
    expect({ flows: ids.length, packets: sum(packets), octets: sum(octets) }).toEqual(expected.get(name));
    expect(malformed).toEqual([]);
  });
});
