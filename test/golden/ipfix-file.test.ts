import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { flowFields } from '../../src/export/fields/flow-fields.js';
import { IpfixFile } from '../../src/export/ipfix/ipfix-file.js';
import type { Output } from '../../src/export/output.js';
import { SinkOutput } from '../../src/export/file/sink-output.js';
import { inspectedBy, loadInspection } from '../../src/sensor/inspection.js';
import { replayInProcess } from '../support/canonical.js';
import { bundledCaptures } from '../support/captures.js';
import { EVERYTHING } from '../support/inspect.js';
import { MemorySink } from '../support/memory-sink.js';

/**
 * One IPFIX file as it is shipped, octet by octet: messages, Templates, flow records and the statistics at the end. Only what
 * the clock and the process bring is fixed. `UPDATE_GOLDEN=1` writes it anew.
 */

const goldenOf = (profile: string): string => fileURLToPath(new URL(`replay.${profile}.ipfix`, import.meta.url));
const CAPTURES = [
  'dhcp',
  'ftp-active',
  'icmp-nanoseconds',
  'ip6tnl',
  'mpls',
  'pptp',
  'qinq',
  'vxlan',
  'geneve',
  'gre',
  'gtpu',
];
const EXPORT_TIME_MS = Date.UTC(2026, 0, 20);
/** Small, so that there are several. */
const MESSAGE_OCTETS = 2_000;

it.each(['standard', 'cert', 'full'])('an IPFIX file is the same, octet by octet: %s', async (profile) => {
  expectGolden(await ipfixOf(CAPTURES, profile), goldenOf(profile));
});

/** What inspection finds, entropy and payload: small captures. */
const INSPECTED = ['dns-truncated', 'ftp-passive', 'ntp'];

it.each(['cert', 'full'])('an IPFIX file with metadata is the same, octet by octet: %s', async (profile) => {
  expectGolden(await ipfixOf(INSPECTED, profile, true), goldenOf(`metadata.${profile}`));
});

function expectGolden(octets: Buffer, file: string): void {
  if (process.env.UPDATE_GOLDEN === '1') fs.writeFileSync(file, octets);
  const golden = fs.readFileSync(file);
  const differs = octets.findIndex((octet, i) => octet !== golden[i]);
  const around = (each: Buffer): string => each.subarray(Math.max(0, differs - 8), differs + 24).toString('hex');
  expect(differs < 0 ? 'equal' : `octet ${differs}: ${around(octets)}`).toBe(
    differs < 0 ? 'equal' : `octet ${differs}: ${around(golden)}`,
  );
  expect(octets.length).toBe(golden.length);
}

async function ipfixOf(names: readonly string[], profile: string, isInspected = false): Promise<Buffer> {
  const dpi = isInspected ? EVERYTHING : null;
  const payload = isInspected ? { entropyOctets: 256, exportOctets: 16, memoryOctets: 1 << 22 } : null;
  const captures = bundledCaptures().filter((file) => names.includes(path.basename(file, '.pcap')));
  expect(captures).toHaveLength(names.length);
  const inspected = inspectedBy(await loadInspection({ dpi, payload }), { dpi, payload });
  const sink = new MemorySink();
  const options = {
    observationDomainId: 7,
    maxMessageOctets: MESSAGE_OCTETS,
    clock: () => EXPORT_TIME_MS,
    exporter: { exportingProcessId: 1, exporterIPv4Address: '192.0.2.1' },
  };
  const inner = new SinkOutput(
    'memory',
    (write) => new IpfixFile(flowFields({ format: 'ipfix', profile, time: 'ns', inspected }), options, write),
    sink,
    false,
  );
  const output: Output = {
    name: inner.name,
    isUp: true,
    error: null,
    fault: null,
    isFull: false,
    write: (closed) => inner.write(closed),
    drain: () => Promise.resolve(),
    // Messages would end where the wall clock says.
    tick: () => undefined,
    counts: () => inner.counts(),
    statistics: () => undefined,
    finish: (statistics) =>
      inner.finish({
        ...statistics,
        observationTimeSeconds: EXPORT_TIME_MS / 1_000,
        systemInitTimeMilliseconds: EXPORT_TIME_MS,
        meanFlowRate: 1,
        meanPacketRate: 2,
      }),
  };
  const decap = ['vxlan', 'geneve', 'gre', 'gtp', '4in6'];
  const { statistics } = await replayInProcess(captures, { decap, time: 'ns', dpi, payload }, [output]);
  expect(inner.fault).toBeNull();
  expect(inner.counts().exported).toBe(statistics.ledger.flows.exported);
  return sink.octets;
}
