import { hostname } from 'node:os';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { flowFields } from '../../../../src/export/fields/flow-fields.js';
import { RecordText } from '../../../../src/export/text/record-text.js';
import { JSON_LINES } from '../../../../src/export/text/text-style.js';
import { anyFlow } from '../arbitrary-flows.js';
import { closedRecords, FLOW, type FlowDescription, REVERSE } from '../closed-records.js';
import { expectedElements, expectedText, type Values } from '../expected-records.js';

function jsonOf(profile: string, flows: readonly FlowDescription[], uniflow = false): Values[] {
  let text = '';
  const writer = new RecordText(flowFields({ profile }), uniflow, JSON_LINES, (octets, from, to) => {
    text += Buffer.from(octets.subarray(from, to)).toString();
  });
  writer.write(closedRecords(flows));
  writer.finish();
  const lines = text.split('\n').slice(0, -1);
  for (const line of lines) expect(duplicateKeys(line)).toEqual([]);
  return lines.map((line) => JSON.parse(line) as Values);
}

/** Keys that an object of the line has twice: JSON.parse would keep the last. */
function duplicateKeys(line: string): string[] {
  const twice: string[] = [];
  const open: Set<string>[] = [];
  for (const [token, key] of line.matchAll(/[{}]|"([^"]*)":/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (open.at(-1)?.has(key)) twice.push(key);
    else open.at(-1)?.add(key);
  }
  return twice;
}

const FULL: FlowDescription = {
  ...FLOW,
  reverse: REVERSE,
  vlans: [7, 3000],
  macs: [
    [2, 0, 0, 0, 0, 0xab],
    [2, 0, 0, 0, 0, 0xcd],
  ],
};
const ICMP: FlowDescription = { ...FLOW, protocol: 1, sourcePort: 0, destinationPort: 0x0301 };
const { communityId } = expectedText(FLOW);

describe('eve', () => {
  it("has the keys of Suricata's flow event", () => {
    expect(jsonOf('eve', [FULL])).toEqual([
      {
        timestamp: '2023-11-14T22:14:20.000001+0000',
        flow_id: 1,
        event_type: 'flow',
        vlan: [3000, 7],
        src_ip: '192.0.2.1',
        src_port: 50_000,
        dest_ip: '198.51.100.200',
        dest_port: 443,
        proto: 'TCP',
        ip_v: 4,
        flow: {
          pkts_toserver: 3,
          pkts_toclient: 2,
          bytes_toserver: 180,
          bytes_toclient: 3000,
          start: '2023-11-14T22:13:20.123456+0000',
          end: '2023-11-14T22:14:20.000001+0000',
          age: 59,
          state: 'closed',
          reason: 'timeout',
          alerted: false,
        },
        ether: { src_macs: ['02:00:00:00:00:ab'], dest_macs: ['02:00:00:00:00:cd'] },
        tcp: {
          tcp_flags_ts: '1b',
          tcp_flags_tc: '1b',
          tcp_flags: '1b',
          syn: true,
          fin: true,
          psh: true,
          ack: true,
          state: 'closed',
        },
        community_id: communityId,
      },
    ]);
  });

  it('has counters of 0 for a client that got no answer, and type and code in place of the ports of ICMP', () => {
    const [record] = jsonOf('eve', [{ ...ICMP, endReason: 4 }]);
    expect(record).toMatchObject({
      proto: 'ICMP',
      icmp_type: 3,
      icmp_code: 1,
      flow: { pkts_toclient: 0, bytes_toclient: 0, state: 'new', reason: 'shutdown' },
    });
    for (const key of ['src_port', 'dest_port', 'tcp', 'vlan', 'ether']) expect(record).not.toHaveProperty(key);
  });

  it('shows a protocol without a name as its number', () => {
    expect(jsonOf('eve', [{ ...FLOW, protocol: 253 }])[0].proto).toBe('253');
  });

  it('is whole JSON whatever a record has', () => {
    fc.assert(
      fc.property(fc.array(anyFlow, { minLength: 1, maxLength: 8 }), fc.boolean(), (flows, uniflow) => {
        const records = jsonOf('eve', flows, uniflow);
        const elements = flows.flatMap((flow) => expectedElements(flow, { uniflow }));
        expect(records.length).toBe(elements.length);
        records.forEach((record, n) => {
          const { [`sourceIPv${String(record.ip_v)}Address`]: source } = elements[n];
          expect(record.src_ip).toBe(source);
          expect(record.flow).toMatchObject({
            pkts_toserver: elements[n].packetDeltaCount,
            bytes_toserver: elements[n].octetDeltaCount,
            pkts_toclient: elements[n].reversePacketDeltaCount ?? 0,
          });
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('ecs', () => {
  it('has the keys of the Elastic Common Schema', () => {
    expect(jsonOf('ecs', [FULL])).toEqual([
      {
        '@timestamp': '2023-11-14T22:14:20.000Z',
        ecs: { version: '8.11.0' },
        event: {
          kind: 'event',
          category: ['network'],
          type: ['connection', 'end'],
          action: 'network_flow',
          dataset: 'weir.flow',
          start: '2023-11-14T22:13:20.123Z',
          end: '2023-11-14T22:14:20.000Z',
          duration: 59_876_545_210,
          reason: 'end of flow detected',
        },
        source: { ip: '192.0.2.1', port: 50_000, mac: '02-00-00-00-00-AB', packets: 3, bytes: 180 },
        destination: { ip: '198.51.100.200', port: 443, mac: '02-00-00-00-00-CD', packets: 2, bytes: 3000 },
        network: {
          type: 'ipv4',
          iana_number: '6',
          transport: 'tcp',
          packets: 5,
          bytes: 3180,
          community_id: communityId,
          vlan: { id: '3000' },
          inner: { vlan: { id: '7' } },
        },
        observer: { type: 'sensor', product: 'weir', hostname: hostname() },
      },
    ]);
  });

  it('counts one direction when there is no other', () => {
    const [record] = jsonOf('ecs', [{ ...ICMP, vlans: [7] }]);
    expect(record).toMatchObject({
      source: { packets: 3, bytes: 180 },
      network: { packets: 3, bytes: 180, transport: 'icmp', vlan: { id: '7' } },
    });
    expect(record.destination).toEqual({ ip: '198.51.100.200' });
    expect(record.network).not.toHaveProperty('inner');
  });

  it('is whole JSON whatever a record has', () => {
    fc.assert(
      fc.property(fc.array(anyFlow, { minLength: 1, maxLength: 8 }), fc.boolean(), (flows, uniflow) => {
        const records = jsonOf('ecs', flows, uniflow);
        const elements = flows.flatMap((flow) => expectedElements(flow, { uniflow }));
        expect(records.length).toBe(elements.length);
        records.forEach((record, n) => {
          const { packetDeltaCount, octetDeltaCount, reversePacketDeltaCount } = elements[n];
          expect(record.source).toMatchObject({ packets: packetDeltaCount, bytes: octetDeltaCount });
          const packets = Number(packetDeltaCount) + Number(reversePacketDeltaCount ?? 0);
          expect(record.network).toMatchObject({ packets });
        });
      }),
      { numRuns: 200 },
    );
  });
});
