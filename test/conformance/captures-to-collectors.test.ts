import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { bundledCaptures } from '../support/captures.js';
import { noteRow, totalOf } from '../support/collector-matrix.js';
import {
  addSums,
  type Collected,
  hasNfacctd,
  hasNfcapd,
  Nfacctd,
  NFACCTD_NAME,
  Nfcapd,
  NFCAPD_NAME,
  type ProtocolSums,
} from '../support/collectors.js';
import { temporaryFolder, weir } from '../support/run-weir.js';

/**
 * All captures that come with weir, replayed to other people's collectors by the command line that people use: flows, packets
 * and octets by protocol as they were metered.
 */

const FORMATS = ['netflow9', 'netflow5', 'ipfix'] as const;
type Format = (typeof FORMATS)[number];

const NAMES: Readonly<Record<Format, string>> = { netflow9: 'NetFlow v9', netflow5: 'NetFlow v5', ipfix: 'IPFIX' };

interface Uniflow {
  readonly protocolIdentifier: number;
  readonly packetDeltaCount: number;
  readonly octetDeltaCount: number;
  readonly sourceIPv4Address?: string;
}

/** One of them is cut off, which ends a run with a fault. */
const CAPTURES = bundledCaptures().filter((file) => !file.includes('truncated'));

/** Replays all captures to a port; answers what a reader of JSON lines adds up of the same run, as far as the format has it. */
async function replay(port: number, format: Format): Promise<ProtocolSums> {
  const lines = path.join(temporaryFolder(), 'flows.jsonl');
  // Slow enough for a collector on a busy machine.
  const output = `${format}+udp://127.0.0.1:${port}?uniflow&rate=10000`;
  const { exitCode, stderr } = await weir(['replay', ...CAPTURES, '-o', output, '-o', `${lines}?uniflow`]);
  expect(exitCode, stderr).toBe(0);
  const sums: ProtocolSums = new Map();
  for (const line of fs.readFileSync(lines, 'utf8').trimEnd().split('\n')) {
    const flow = JSON.parse(line) as Uniflow;
    if (format === 'netflow5' && flow.sourceIPv4Address === undefined) continue;
    addSums(sums, flow.protocolIdentifier, { flows: 1, packets: flow.packetDeltaCount, octets: flow.octetDeltaCount });
  }
  return sums;
}

function check(collector: string, format: Format, sent: ProtocolSums, collected: Collected): void {
  noteRow({
    collector,
    format: NAMES[format],
    transport: 'UDP',
    sent: totalOf(sent),
    seen: totalOf(collected.sums),
    sequenceFailures: collected.sequenceFailures,
  });
  expect(totalOf(sent).flows).toBeGreaterThan(900);
  expect(inOrder(collected.sums), collected.log).toEqual(inOrder(sent));
  expect(collected.sequenceFailures, collected.log).toBe(0);
  expect(collected.badMessages, collected.log).toBe(0);
}

function inOrder(sums: ProtocolSums): unknown[] {
  return [...sums].sort(([a], [b]) => a - b);
}

describe.skipIf(!hasNfcapd)('nfcapd', () => {
  it.each(FORMATS)('collects all captures over %s', async (format) => {
    const collector = await Nfcapd.start();
    const sent = await replay(collector.port, format);
    check(NFCAPD_NAME, format, sent, await collector.collect());
  });
});

describe.skipIf(!hasNfacctd)('nfacctd', () => {
  it.each(FORMATS)('collects all captures over %s', async (format) => {
    const collector = await Nfacctd.start();
    const sent = await replay(collector.port, format);
    check(NFACCTD_NAME, format, sent, await collector.collect(totalOf(sent).flows));
  });
});
