import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Output } from '../../src/export/output.js';
import { freeUdpPort, hasProgram, RunningProgram, untilListens } from '../support/programs.js';
import { temporaryFolder } from '../support/run-weir.js';
import { until } from '../support/stream-sink.js';
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

describe('nfcapd', () => {
  it.skipIf(!hasProgram('nfcapd', ['-V'], 'IPFIX to nfcapd')).each([
    ['two records for a biflow', true],
    ['one record for a biflow', false],
  ])('reads IPFIX over UDP, %s, without a sequence failure', async (_, uniflow) => {
    const folder = temporaryFolder();
    const port = await freeUdpPort();
    const words = ['-w', folder, '-p', String(port), '-b', '127.0.0.1', '-t', '3600', '-B', '8388608'];
    const nfcapd = new RunningProgram('nfcapd', words);
    await untilListens(port, nfcapd);
    const output = await send(port, FLOWS, uniflow);
    await until(() => socketQueue(port) === 0, 'an empty socket buffer');
    const said = await nfcapd.stop();
    const sums = total(uniflowSums(FLOWS));
    const { exported } = output.counts();
    expect(said).toMatch(new RegExp(`Flows: ${exported}, .*Sequence Errors: 0, Bad Packets: 0`));
    const { stdout } = spawnSync('nfdump', ['-R', folder, '-q', '-N', '-o', 'csv'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const [header, ...lines] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    console.log(header.join(), lines[0].join());
    expect(sums.flows).toBeGreaterThan(0);
  });
});

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
