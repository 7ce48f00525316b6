import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createOutput } from '../../src/export/create-output.js';
import type { OutputDefaults } from '../../src/export/output-request.js';
import { anyFlow } from '../unit/export/arbitrary-flows.js';
import { closedRecords, FLOW, type FlowDescription, REVERSE } from '../unit/export/closed-records.js';
import { expectedProfile, type ProfileOptions } from '../unit/export/expected-profiles.js';
import type { Values } from '../unit/export/expected-records.js';
import { STATISTICS } from '../unit/export/statistics.js';

/** IPFIX files as other people's programs read them. */

const SEED = 20_260_102;
const FLOWS: readonly FlowDescription[] = [
  FLOW,
  { ...FLOW, reverse: REVERSE, vlans: [7, 3000] },
  ...fc.sample(anyFlow, { numRuns: 1500, seed: SEED }),
];
const BLOCK_FLOWS = 512;

const OUTPUT_TEXT_OCTETS = 256 * 1024 * 1024;

let directory = '';
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(tmpdir(), 'weir-conformance-'));
});
afterAll(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

async function writeFile(
  name: string,
  options: OutputDefaults & Partial<ProfileOptions>,
  flows: readonly FlowDescription[] = FLOWS,
): Promise<string> {
  const file = path.join(directory, `${name}.ipfix`);
  const { profile = 'standard', counters } = options;
  const text = `${file}?profile=${profile}${counters === undefined ? '' : `&counters=${counters}`}`;
  const output = await createOutput(text, options);
  for (let n = 0; n < flows.length; n += BLOCK_FLOWS) output.write(closedRecords(flows.slice(n, n + BLOCK_FLOWS)));
  await output.finish(STATISTICS);
  expect(output.fault).toBeNull();
  return file;
}

function hasProgram(program: string, ...args: string[]): boolean {
  const found = spawnSync(program, args).status === 0;
  if (!found) console.log(`skipped: reading IPFIX files with ${program} needs that program`);
  return found;
}

function run(program: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: OUTPUT_TEXT_OCTETS });
  return { status, stdout, stderr };
}

type Options = OutputDefaults & ProfileOptions;
const OPTION_CASES: readonly [string, Options][] = [
  ['standard', { profile: 'standard' }],
  ['uniflow', { profile: 'standard', uniflow: true }],
  ['interface', { profile: 'standard', interfaceInKey: true }],
  ['small-messages', { profile: 'standard', ipfix: { maxMessageOctets: 700 } }],
  ['total', { profile: 'standard', counters: 'total' }],
  ['full', { profile: 'full' }],
  ['cert', { profile: 'cert' }],
  ['cert-uniflow', { profile: 'cert', uniflow: true }],
];

describe.skipIf(!hasProgram('ipfixDump', '--version'))('ipfixDump of libfixbuf', () => {
  /** Elements whose text is the same in both programs. */
  const COMPARED = [
    'sourceTransportPort',
    'destinationTransportPort',
    'protocolIdentifier',
    'packetDeltaCount',
    'octetDeltaCount',
    'reversePacketDeltaCount',
    'reverseOctetDeltaCount',
    'packetTotalCount',
    'octetTotalCount',
    'reversePacketTotalCount',
    'reverseOctetTotalCount',
    'reverseFlowDeltaMilliseconds',
    'silkAppLabel',
    'reverseVlanId',
    'sourceIPv4Address',
    'destinationIPv4Address',
    'minimumIpTotalLength',
    'maximumIpTotalLength',
    'reverseMaximumTTL',
    'tcpSequenceNumber',
    'reverseTcpSequenceNumber',
    'ipClassOfService',
    'dot1qVlanId',
    'vlanId',
    'dot1qPriority',
    'layer2SegmentId',
    'greKey',
    'flowEndReason',
    'flowId',
    'ingressInterface',
    'initialTCPFlags',
    'reverseUnionTCPFlags',
    'flowAttributes',
  ];
  const TIMES = ['flowStartMilliseconds', 'flowEndMilliseconds', 'reverseFlowStartMilliseconds'];

  function compared(values: Values): Values {
    const texts: Values = {};
    for (const name of [...COMPARED, ...TIMES]) {
      const value = values[name] as string | number | undefined;
      if (value !== undefined) texts[name] = TIMES.includes(name) ? timeOf(String(value)) : String(value);
    }
    return texts;
  }

  /** Both ways to write a time, as one. */
  function timeOf(text: string): string {
    return text.replace('T', ' ').replace('Z', '');
  }

  function dumped(text: string): Values[] {
    return text
      .split(/^--- data record \d+ ---$/m)
      .slice(1)
      .map((record) =>
        Object.fromEntries(
          [...record.matchAll(/^\t\([\d/]+\)(?: \(S\))? +(\w+) : (.*)$/gm)].map(([, name, value]) => [name, value]),
        ),
      );
  }

  it.each(OPTION_CASES)('reads every record: %s', async (name, options) => {
    const file = await writeFile(name, options);
    const { status, stdout, stderr } = run('ipfixDump', '--yaf', '-i', file);
    expect([status, stderr]).toEqual([0, '']);
    const all = dumped(stdout);
    const records = all.filter((record) => 'protocolIdentifier' in record);
    const expected = FLOWS.flatMap((flow) => expectedProfile(flow, options));
    expect(records.length).toBe(expected.length);
    expect(records.map(compared)).toEqual(expected.map(compared));
    expect(stdout).toMatch(new RegExp(`${all.length} Data Records`));
    expect(all.findLast((record) => 'ignoredPacketTotalCount' in record)).toMatchObject({
      packetTotalCount: '12345678901',
      ...(options.profile === 'standard' ? {} : { flowTablePeakCount: '4096' }),
    });
    expect(all.findLast((record) => 'exportedFlowRecordTotalCount' in record)).toMatchObject({
      exportedFlowRecordTotalCount: String(expected.length),
    });
  });
});

describe.skipIf(!hasProgram('tshark', '--version'))('tshark', () => {
  /** Fields of tshark's, and what they show. */
  const FIELDS: readonly (readonly [field: string, element: string])[] = [
    ['cflow.srcport', 'sourceTransportPort'],
    ['cflow.srcaddr', 'sourceIPv4Address'],
    ['cflow.protocol', 'protocolIdentifier'],
    ['cflow.flow_id', 'flowId'],
    ['cflow.layer2_segment_id', 'layer2SegmentId'],
  ];

  /** All values of each field, over all messages, in the order of the fields: one run of tshark for all. */
  function values(file: string, fields: readonly string[]): string[][] {
    const { status, stdout } = run('tshark', '-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field]));
    expect(status).toBe(0);
    const messages = stdout.split('\n').map((line) => line.split('\t'));
    return fields.map((_, n) =>
      messages.flatMap((columns) => (columns[n] ?? '').split(',')).filter((value) => value !== ''),
    );
  }

  it.each(OPTION_CASES)('reads every record: %s', async (name, options) => {
    const file = await writeFile(`${name}-tshark`, options);
    const expected = FLOWS.flatMap((flow) => expectedProfile(flow, options));
    const all = (element: string): string[] =>
      expected
        .map((record) => record[element])
        .filter((value) => value !== undefined)
        .map(String);
    const found = values(file, [...FIELDS.map(([field]) => field), '_ws.malformed']);
    FIELDS.forEach(([field, element], n) => expect(found[n], field).toEqual(all(element)));
    expect(found.at(-1)).toEqual([]);
  });

  it.each(['ms', 'us', 'ns'] as const)('reads times in %s', async (time) => {
    const file = await writeFile(time, { time }, FLOWS.slice(0, 1));
    const { stdout } = run('tshark', '-r', file, '-V');
    const [, first] = /StartTime: Nov 14, 2023 22:13:20\.(\d{9}) UTC/.exec(stdout) ?? [];
    // tshark cuts off what a reader of NTP time should round.
    expect(Number(first) / 1e9).toBeCloseTo({ ms: 0.123, us: 0.123456, ns: 0.123456789 }[time], time === 'ns' ? 8 : 6);
  });
});

const canon = fileURLToPath(new URL('../../../shared/tools/canon.py', import.meta.url));
const hasCanon = fs.existsSync(canon);
if (!hasCanon) console.log('skipped: the canonical reader needs ../shared/tools/canon.py');

describe.skipIf(!hasCanon)('the canonical reader', () => {
  function flows(file: string, ...options: string[]): Values[] {
    const { status, stdout, stderr } = run('python3', canon, ...options, file);
    expect([status, stderr]).toEqual([0, '']);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Values);
  }

  it('finds no fault and every flow', async () => {
    const found = flows(await writeFile('canonical', {}));
    expect(found.length).toBe(FLOWS.length);
    const sum = (of: (flow: FlowDescription) => number): number => FLOWS.reduce((total, flow) => total + of(flow), 0);
    const total = (key: string): number => found.reduce((all, flow) => all + Number(flow[key]), 0);
    expect(total('packets') + total('rpackets')).toBe(
      sum(({ forward, reverse }) => forward.packets + (reverse?.packets ?? 0)),
    );
    expect(total('vlan')).toBe(sum(({ vlans }) => vlans?.[0] ?? 0));
  });

  it('finds in a uniflow file what it makes of the biflow file', async () => {
    const [biflow, uniflow] = [await writeFile('both-ways', {}), await writeFile('one-way', { uniflow: true })];
    const sorted = (all: Values[]): string[] => all.map((flow) => JSON.stringify(flow)).sort();
    expect(sorted(flows(uniflow))).toEqual(sorted(flows(biflow, '--uniflow')));
  });
});
