import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { libpcapMissing } from '../../src/capture/native.js';
import { type JsonRecord, parseJsonLines } from '../support/canonical.js';
import { bundled, programPath, temporaryFolder, weir } from '../support/run-weir.js';

/** What the options of `weir replay` change in the records. */

programPath();

interface Statistics {
  readonly ledger: {
    readonly packets: {
      readonly received: number;
      readonly metered: number;
      readonly ignored: Readonly<Record<string, number>>;
    };
    readonly flows: { readonly peak: number; readonly endReasons: Readonly<Record<string, number>> };
    readonly balanced: boolean;
  };
}

async function replayed(...words: string[]): Promise<{ records: JsonRecord[]; statistics: Statistics }> {
  const { exitCode, stdout, stderr } = await weir(['replay', '--stats', 'json', ...words]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(/^\{.*\}\n$/) as string });
  return { records: parseJsonLines(stdout), statistics: JSON.parse(stderr) as Statistics };
}

const sum = (records: readonly JsonRecord[], ...elements: string[]): number =>
  records.reduce((total, record) => total + elements.reduce((n, name) => n + ((record[name] as number) ?? 0), 0), 0);
const PACKETS = ['packetDeltaCount', 'reversePacketDeltaCount'];
const OCTETS = ['octetDeltaCount', 'reverseOctetDeltaCount'];

describe('direction and time', () => {
  it('--uniflow gives every direction a record of its own', async () => {
    const biflows = (await replayed(bundled('demo.pcap'))).records;
    const { records } = await replayed(bundled('demo.pcap'), '--uniflow');
    const twoWay = biflows.filter(({ reversePacketDeltaCount }) => reversePacketDeltaCount !== undefined);
    expect(records).toHaveLength(biflows.length + twoWay.length);
    expect(records.flatMap((record) => Object.keys(record)).filter((name) => name.startsWith('reverse'))).toEqual([]);
    expect(sum(records, 'packetDeltaCount')).toBe(sum(biflows, ...PACKETS));
    expect(sum(records, 'octetDeltaCount')).toBe(sum(biflows, ...OCTETS));
  });

  it.each([
    ['ms', 'Milliseconds', 3],
    ['us', 'Microseconds', 6],
    ['ns', 'Nanoseconds', 9],
  ])('--time %s says how fine times are, which are cut and not rounded', async (unit, name, digits) => {
    const capture = bundled('icmp-nanoseconds.pcap');
    const first = (await replayed(capture, '--time', unit)).records[0];
    const exact = (await replayed(capture, '--time', 'ns')).records[0].flowStartNanoseconds as string;
    expect(exact).toMatch(/\.\d{9}Z$/);
    expect(first[`flowStart${name}`]).toBe(`${exact.slice(0, 'YYYY-MM-DDThh:mm:ss.'.length + digits)}Z`);
  });
});

describe('timeouts', () => {
  const vpn = bundled('quiet-vpn.pcap'); // a packet in 25 s at least, for more than an hour
  const reasonsOf = (records: readonly JsonRecord[]): Set<unknown> =>
    new Set(
      records.filter(({ protocolIdentifier }) => protocolIdentifier === 17).map(({ flowEndReason }) => flowEndReason),
    );

  it('an hour is cut into half hours', async () => {
    const { records } = await replayed(vpn);
    expect(reasonsOf(records)).toEqual(new Set([2, 4]));
    expect(records.length).toBeLessThan(6);
  });

  it('--idle-timeout ends a flow after that silence', async () => {
    const { records } = await replayed(vpn, '--idle-timeout', '20s');
    expect(records.length).toBeGreaterThan(50);
    expect(reasonsOf(records)).toContain(1);
    expect(sum(records, ...PACKETS)).toBe(339);
  });

  it('--active-timeout cuts long flows', async () => {
    const { records } = await replayed(vpn, '--active-timeout', '5m');
    expect(records.filter(({ flowEndReason }) => flowEndReason === 2).length).toBeGreaterThan(10);
    for (const { flowStartMilliseconds, flowEndMilliseconds } of records) {
      const seconds = (Date.parse(flowEndMilliseconds as string) - Date.parse(flowStartMilliseconds as string)) / 1000;
      expect(seconds).toBeLessThanOrEqual(300);
    }
    expect(sum(records, ...PACKETS)).toBe(339);
  });
});

describe('--max-flows', () => {
  it('is never exceeded: what stands nearest to its timeout ends for lack of resources', async () => {
    const { records, statistics } = await replayed(bundled('dns.pcap'), '--max-flows', '3');
    expect(statistics.ledger.flows.peak).toBe(3);
    expect(statistics.ledger.flows.endReasons.lackOfResources).toBeGreaterThan(0);
    const forced = records.filter(({ flowEndReason }) => flowEndReason === 5);
    expect(forced).toHaveLength(statistics.ledger.flows.endReasons.lackOfResources);
    expect(sum(records, ...PACKETS)).toBe(32);
    expect(statistics.ledger.balanced).toBe(true);
  });
});

describe('what tells flows apart', () => {
  it('--no-vlan-in-key leaves VLANs out', async () => {
    const file = path.join(temporaryFolder(), 'asymmetric.pcap');
    // The way back uses VLAN 11.
    fs.writeFileSync(
      file,
      changed(bundled('vlan.pcap'), (frame) => {
        if (frame[6 + 3] === 0x16 && frame[6 + 4] === 2) frame[15] = 11;
      }),
    );
    const both = (await replayed(bundled('vlan.pcap'))).records;
    const apart = (await replayed(file, '--vlan-in-key')).records;
    const together = (await replayed(file, '--no-vlan-in-key')).records;
    const http = (records: readonly JsonRecord[]): JsonRecord[] =>
      records.filter(({ protocolIdentifier }) => protocolIdentifier === 6);
    expect(http(together).map((record) => sum([record], ...PACKETS))).toEqual(
      http(both).map((record) => sum([record], ...PACKETS)),
    );
    expect(http(apart)).toHaveLength(2 * http(both).length);
    expect(new Set(http(apart).map(({ vlanId }) => vlanId))).toEqual(new Set([10, 11]));
    expect(sum(apart, ...PACKETS)).toBe(sum(together, ...PACKETS));
  });

  it('--interface-in-key tells the interfaces of a capture apart, and says them', async () => {
    const capture = bundled('mixed-links.pcapng');
    const plain = (await replayed(capture)).records;
    const apart = (await replayed(capture, '--interface-in-key')).records;
    expect(apart.length).toBeGreaterThan(plain.length);
    expect([...new Set(apart.map(({ ingressInterface }) => ingressInterface))].sort()).toEqual([1, 2]);
    expect(plain[0]).not.toHaveProperty('ingressInterface');
    expect(sum(apart, ...PACKETS)).toBe(sum(plain, ...PACKETS));
  });

  it('--interface-in-key has IPFIX name the interfaces by the numbers that records have', async () => {
    const capture = bundled('mixed-links.pcapng');
    const file = path.join(temporaryFolder(), 'interfaces.ipfix');
    expect((await weir(['replay', '--stats', 'none', '--interface-in-key', capture, '-o', file])).exitCode).toBe(0);
    const { stdout } = await weir(['print', '--options', '--format', 'json', file]);
    const all = parseJsonLines(stdout).map(({ options }) => (options ?? {}) as JsonRecord);
    const names = all.filter((record) => 'interfaceName' in record);
    expect(new Set(names.map(({ ingressInterface }) => ingressInterface))).toEqual(new Set([1, 2]));
    for (const { interfaceName } of names) expect(interfaceName).not.toBe('');
    const described = all.filter((record) => 'interfaceDescription' in record);
    expect(new Set(described.map(({ ingressInterface }) => ingressInterface))).toEqual(new Set([1, 2]));
    for (const { interfaceDescription } of described) expect(interfaceDescription).toContain('mixed-links.pcapng');
  });
});

describe('tunnels', () => {
  const vxlan = bundled('vxlan.pcap');
  const ARP_IN_VXLAN_OCTETS = 78;
  const isOuter = ({ destinationTransportPort: port }: JsonRecord): boolean => port === 4789 || port === 5555;

  it('stay closed unless --decap names them', async () => {
    expect((await replayed(vxlan)).records.every(isInner)).toBe(false);
    expect((await replayed(vxlan, '--decap', 'none')).records.some(isOuter)).toBe(true);
    expect((await replayed(vxlan, '--decap', 'gre,geneve')).records.some(isOuter)).toBe(true);
  });

  it('are opened by --decap: the inner flow, with the addresses and the id of the tunnel', async () => {
    const { records } = await replayed(vxlan, '--decap', 'vxlan');
    // ARP inside makes no flow of its own: such a packet stays one of the tunnel.
    const closed = records.filter(isOuter);
    expect(closed.map((record) => sum([record], ...OCTETS))).toEqual(closed.map(() => ARP_IN_VXLAN_OCTETS));
    expect(sum(closed, ...PACKETS)).toBe(2);
    const http = records.find((record) => record.destinationTransportPort === 80 && isInner(record));
    expect(http).toMatchObject({
      sourceIPv4Address: '172.16.0.1',
      tunnelSourceIPv4Address: '10.10.0.1',
      tunnelDestinationIPv4Address: '10.10.0.2',
      layer2SegmentId: String((1n << 56n) + 42n),
      tunnel: [{ kind: 'vxlan', id: 42 }],
    });
    expect((await replayed(vxlan, '--decap', 'all')).records).toEqual(records);
  });

  it('are known by their ports, which --port-vxlan sets', async () => {
    const file = path.join(temporaryFolder(), 'port-5555.pcap');
    fs.writeFileSync(
      file,
      changed(vxlan, (frame) => {
        if (frame.readUInt16BE(36) === 4789) frame.writeUInt16BE(5555, 36);
      }),
    );
    expect((await replayed(file, '--decap', 'vxlan')).records.some(isOuter)).toBe(true);
    const { records } = await replayed(file, '--decap', 'vxlan', '--port-vxlan', '4789,5555');
    const usual = (await replayed(vxlan, '--decap', 'vxlan')).records;
    expect(records.filter(isInner)).toEqual(usual.filter(isInner));
    expect(usual.filter(isInner).length).toBeGreaterThan(5);
  });
});

it('--observation-domain stands in every IPFIX message', async () => {
  const file = path.join(temporaryFolder(), 'domain.ipfix');
  const { exitCode } = await weir(['replay', bundled('demo.pcap'), '-o', file, '--observation-domain', '4294967295']);
  expect(exitCode).toBe(0);
  const octets = fs.readFileSync(file);
  let messages = 0;
  for (let at = 0; at < octets.length; at += octets.readUInt16BE(at + 2)) {
    expect(octets.readUInt32BE(at + 12)).toBe(0xffff_ffff);
    messages++;
  }
  expect(messages).toBeGreaterThan(0);
});

function isInner({ sourceIPv4Address, sourceIPv6Address }: JsonRecord): boolean {
  return /^(172\.16\.|fd00:16:|fe80:)/.test(String(sourceIPv4Address ?? sourceIPv6Address));
}

/** A pcap file of the usual byte order with `change` made to each of its frames. */
function changed(capture: string, change: (frame: Buffer) => void): Buffer {
  const octets = fs.readFileSync(capture);
  for (let at = 24; at < octets.length;) {
    const length = octets.readUInt32LE(at + 8);
    change(octets.subarray(at + 16, at + 16 + length));
    at += 16 + length;
  }
  return octets;
}

const libpcap = libpcapMissing();
if (libpcap !== null) console.warn(`--filter is not tested: ${libpcap}`);

describe('packets', () => {
  it.skipIf(libpcap !== null).each(['1', '2'])(
    '--filter leaves out those that do not match, workers %s',
    async (workers) => {
      const { records, statistics } = await replayed(bundled('demo.pcap'), '-f', 'tcp port 22', '--workers', workers);
      const all = (await replayed(bundled('demo.pcap'))).records;
      const ssh = all.filter(({ sourceTransportPort: a, destinationTransportPort: b }) => a === 22 || b === 22);
      expect(records).toHaveLength(ssh.length);
      expect(sum(records, ...PACKETS)).toBe(sum(ssh, ...PACKETS));
      const { received, metered, ignored } = statistics.ledger.packets;
      expect({ balanced: statistics.ledger.balanced, filtered: ignored.filtered }).toEqual({
        balanced: true,
        filtered: received - metered,
      });
    },
  );

  it.skipIf(libpcap !== null)('--filter that is no expression does nothing', async () => {
    const { exitCode, stdout, stderr } = await weir(['replay', bundled('demo.pcap'), '-f', 'tcp pport 22']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/filter 'tcp pport 22': .*syntax error/);
  });

  it('--dedup counts those that come twice once', async () => {
    const once = await replayed(bundled('demo.pcap'));
    const twice = await replayed(bundled('demo.pcap'), bundled('demo.pcap'), '--dedup', '1ms');
    expect(twice.records).toHaveLength(once.records.length);
    expect(sum(twice.records, ...OCTETS)).toBe(sum(once.records, ...OCTETS));
    expect(twice.statistics.ledger).toMatchObject({
      balanced: true,
      packets: { received: 2 * 769, metered: 749, ignored: { duplicate: 749, notIp: 40 } },
    });
    const { exitCode, stderr } = await weir(['replay', bundled('demo.pcap'), '--dedup', '11s']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--dedup .*10s/);
  });
});
