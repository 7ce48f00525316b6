import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { flowFields } from '../../../../src/export/fields/flow-fields.js';
import { recordsFor } from '../../../../src/export/options/options-records.js';
import { IpfixFile, type IpfixFileOptions } from '../../../../src/export/ipfix/ipfix-file.js';
import { problemTexts, type ReadResult, readMessages } from '../../ipfix/read-messages.js';
import { anyFlow } from '../arbitrary-flows.js';
import { closedRecords, DIRECTION, FLOW, type FlowDescription, REVERSE } from '../closed-records.js';
import { expectedElements, type ExpectedOptions, type Values } from '../expected-records.js';
import { STATISTICS } from '../statistics.js';

const EXPORT_TIME_MS = 1_700_000_200_999;
const EXPORTER = { exportingProcessId: 77, exporterIPv4Address: '192.0.2.250' };

interface Written {
  readonly messages: Buffer[];
  readonly file: IpfixFile;
}

function write(
  blocks: readonly (readonly FlowDescription[])[],
  options: ExpectedOptions & IpfixFileOptions = {},
): Written {
  const messages: Buffer[] = [];
  const table = flowFields({ time: options.time ?? 'ms', ingressInterface: options.interfaceInKey ?? false });
  const file = new IpfixFile(
    table,
    { clock: () => EXPORT_TIME_MS, exporter: EXPORTER, ...options },
    (octets, from, to) => {
      messages.push(Buffer.from(octets.subarray(from, to)));
    },
  );
  for (const flows of blocks) file.write(closedRecords(flows));
  file.finish(STATISTICS);
  return { messages, file };
}

function read({ messages }: Written): ReadResult {
  return readMessages(Buffer.concat(messages));
}

/** Flow records as read, without what the exporter tells about itself. */
function flowRecords({ records }: ReadResult): Values[] {
  return records.filter((record) => 'protocolIdentifier' in record);
}

function templatesOf(messages: readonly Buffer[]): number[] {
  return setsOf(messages)
    .filter(({ id }) => id === 2)
    .flatMap(({ body }) => templateIds(body));
}

function templateIds(body: Buffer): number[] {
  const ids: number[] = [];
  for (let at = 0; at < body.length;) {
    ids.push(body.readUInt16BE(at));
    const fields = body.readUInt16BE(at + 2);
    at += 4;
    for (let n = 0; n < fields; n++) at += body.readUInt16BE(at) & 0x8000 ? 8 : 4;
  }
  return ids;
}

function setsOf(messages: readonly Buffer[]): { id: number; body: Buffer }[] {
  return messages.flatMap((message) => {
    const sets = [];
    for (let at = 16; at < message.length;) {
      const length = message.readUInt16BE(at + 2);
      sets.push({ id: message.readUInt16BE(at), body: message.subarray(at + 4, at + length) });
      at += length;
    }
    return sets;
  });
}

/** Sets of flow records: not of Templates, not of Options Data Records. */
function dataSetsOf(messages: readonly Buffer[]): { id: number; body: Buffer }[] {
  return setsOf(messages).filter(({ id }) => id >= 256 && id < FIRST_OPTIONS_ID);
}

/** Templates of flow records by T, those of options by O, data of the n-th Template by n, data of options by o. */
function shapeOf(messages: readonly Buffer[]): string {
  const ids = templatesOf(messages);
  return setsOf(messages)
    .map(({ id }) => (id === 2 ? 'T' : id === 3 ? 'O' : id >= FIRST_OPTIONS_ID ? 'o' : String(ids.indexOf(id))))
    .join('');
}

const FIRST_OPTIONS_ID = 0xd000;
/** Each Options Template in a Set of its own; then element types, and sampling. */
const OPTIONS_BEFORE = `${'O'.repeat(recordsFor(flowFields()).length)}oo`;

describe('an IPFIX file', () => {
  it('says of a biflow what the record holds', () => {
    const flow: FlowDescription = {
      ...FLOW,
      reverse: REVERSE,
      vlans: [7, 3000],
      priorities: [2, 5],
      macs: [
        [2, 0, 0, 0, 0, 1],
        [2, 0, 0, 0, 0, 2],
      ],
    };
    const result = read(write([[flow]]));
    expect(result.problems).toEqual([]);
    expect(flowRecords(result)[0]).toEqual({
      flowStartMilliseconds: '2023-11-14T22:13:20.123Z',
      flowEndMilliseconds: '2023-11-14T22:14:20.000Z',
      reverseFlowStartMilliseconds: '2023-11-14T22:13:20.200Z',
      sourceIPv4Address: '192.0.2.1',
      destinationIPv4Address: '198.51.100.200',
      sourceTransportPort: 50_000,
      destinationTransportPort: 443,
      protocolIdentifier: 6,
      packetDeltaCount: 3,
      octetDeltaCount: 180,
      reversePacketDeltaCount: 2,
      reverseOctetDeltaCount: 3000,
      tcpControlBits: 0x1b,
      reverseTcpControlBits: 0x1b,
      initialTCPFlags: 2,
      unionTCPFlags: 0x1b,
      reverseInitialTCPFlags: 0x12,
      reverseUnionTCPFlags: 0x19,
      tcpSequenceNumber: 0x89abcdef,
      reverseTcpSequenceNumber: 7,
      minimumIpTotalLength: 40,
      maximumIpTotalLength: 1500,
      minimumTTL: 63,
      maximumTTL: 64,
      reverseMinimumIpTotalLength: 40,
      reverseMaximumIpTotalLength: 1500,
      reverseMinimumTTL: 117,
      reverseMaximumTTL: 117,
      flowAttributes: 1,
      reverseFlowAttributes: 0,
      ipClassOfService: 0xb8,
      reverseIpClassOfService: 0,
      dot1qPriority: 5,
      dot1qCustomerPriority: 2,
      sourceMacAddress: '02:00:00:00:00:01',
      destinationMacAddress: '02:00:00:00:00:02',
      dot1qVlanId: 3000,
      vlanId: 7,
      flowEndReason: 3,
      flowId: 1,
    });
  });

  it('puts the outer VLAN id before the innermost one', () => {
    const { messages } = write([[{ ...FLOW, vlans: [7, 3000] }]]);
    const { body } = setsOf(messages).find(({ id }) => id === 2)!;
    const ids = [];
    for (let at = 4; at < body.length; at += body.readUInt16BE(at) & 0x8000 ? 8 : 4) ids.push(body.readUInt16BE(at));
    expect(ids.indexOf(243)).toBeGreaterThan(0);
    expect(ids.indexOf(243)).toBe(ids.indexOf(58) - 1);
  });

  it('gives back every record that goes in, whatever it has, in each resolution of time, with and without uniflows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyFlow, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
        fc.record({
          time: fc.constantFrom('ms', 'us', 'ns'),
          uniflow: fc.boolean(),
          interfaceInKey: fc.boolean(),
          maxMessageOctets: fc.integer({ min: 700, max: 3000 }),
        }),
        (blocks, options) => {
          const written = write(blocks, options);
          const result = read(written);
          expect(problemTexts(result)).toEqual([]);
          expect(result.counters).toMatchObject({ sequenceGaps: 0, sequenceResets: 0, setsWithoutTemplate: 0 });
          expect(flowRecords(result)).toEqual(
            blocks.flat().flatMap((flow) => expectedElements(flow, options as ExpectedOptions)),
          );
          for (const message of written.messages) expect(message.length).toBeLessThanOrEqual(options.maxMessageOctets);
          const templates = templatesOf(written.messages);
          expect(new Set(templates).size).toBe(templates.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('truncates milliseconds and never rounds them', () => {
    const start = { us: 1_000_999_999, ns: 999 };
    const result = read(write([[{ ...FLOW, forward: { ...DIRECTION, start } }]]));
    expect(flowRecords(result)[0].flowStartMilliseconds).toBe('1970-01-01T00:16:40.999Z');
  });

  it('writes microseconds as NTP time with the low 11 bits of the fraction clear, nanoseconds with all bits', () => {
    const start = { us: 200_000, ns: 1 };
    const seconds = 2_208_988_800;
    for (const [time, fraction] of [
      ['us', 0x33333000],
      ['ns', 0x33333337],
    ] as const) {
      const { messages } = write([[{ ...FLOW, forward: { ...DIRECTION, start } }]], { time });
      const { body } = dataSetsOf(messages)[0];
      expect([body.readUInt32BE(0), body.readUInt32BE(4)]).toEqual([seconds, fraction]);
    }
  });

  it('carries NTP time into the era that begins in 2036', () => {
    const start = { us: Date.UTC(2036, 1, 7, 6, 28, 16) * 1000, ns: 0 };
    const { messages } = write([[{ ...FLOW, forward: { ...DIRECTION, start } }]], { time: 'us' });
    expect(dataSetsOf(messages)[0].body.readUInt32BE(0)).toBe(0);
  });
});

describe('templates', () => {
  it('are announced once, before the first record that needs them, and keep their ids', () => {
    const tcp = FLOW;
    const udp = { ...FLOW, protocol: 17 };
    const biflow = { ...FLOW, reverse: REVERSE };
    const { messages } = write([
      [tcp, tcp, udp],
      [tcp, biflow, udp],
    ]);
    expect(shapeOf(messages)).toBe(`${OPTIONS_BEFORE}T0T10T21oo`);
    expect(new Set(templatesOf(messages)).size).toBe(3);
  });

  it('have the same ids in every session, in whatever order they come', () => {
    const flows = [FLOW, { ...FLOW, protocol: 17 }, { ...FLOW, reverse: REVERSE }];
    const ids = (all: FlowDescription[]): number[] => templatesOf(write([all]).messages);
    expect(ids(flows).reverse()).toEqual(ids([...flows].reverse()));
  });

  it('do not differ between the records of biflows and of other flows in uniflow mode', () => {
    const { messages } = write([[{ ...FLOW, reverse: REVERSE }, FLOW]], { uniflow: true });
    expect(shapeOf(messages)).toBe(`${OPTIONS_BEFORE}T0oo`);
  });
});

describe('uniflow mode', () => {
  it('turns a biflow into two records, the second from the responder to the initiator', () => {
    const result = read(write([[{ ...FLOW, reverse: REVERSE }]], { uniflow: true }));
    const [forward, reverse] = flowRecords(result);
    expect(forward).toMatchObject({ sourceIPv4Address: '192.0.2.1', sourceTransportPort: 50_000, packetDeltaCount: 3 });
    expect(reverse).toMatchObject({
      flowStartMilliseconds: '2023-11-14T22:13:20.200Z',
      flowEndMilliseconds: '2023-11-14T22:14:20.000Z',
      sourceIPv4Address: '198.51.100.200',
      destinationIPv4Address: '192.0.2.1',
      sourceTransportPort: 443,
      destinationTransportPort: 50_000,
      packetDeltaCount: 2,
      octetDeltaCount: 3000,
      initialTCPFlags: 0x12,
      tcpSequenceNumber: 7,
      flowId: 1,
    });
    expect(Object.keys(reverse).filter((name) => name.startsWith('reverse'))).toEqual([]);
  });

  it('keeps type and code of ICMP in their place', () => {
    const flow: FlowDescription = { ...FLOW, protocol: 1, sourcePort: 0, destinationPort: 0x0301, reverse: REVERSE };
    const [, reverse] = flowRecords(read(write([[flow]], { uniflow: true })));
    expect(reverse).toMatchObject({
      sourceIPv4Address: '198.51.100.200',
      sourceTransportPort: 0,
      destinationTransportPort: 0x0301,
      icmpTypeCodeIPv4: 0x0301,
    });
  });
});

describe('messages', () => {
  const many = Array.from({ length: 2000 }, (_, n): FlowDescription => ({
    ...FLOW,
    firstNumber: n,
    reverse: n % 3 === 0 ? REVERSE : null,
  }));

  it('count in their sequence numbers the data records before them, those of options included', () => {
    const { messages, file } = write([many], { maxMessageOctets: 4000, observationDomainId: 0xfffffffe });
    expect(messages.length).toBeGreaterThan(40);
    const { counters, records } = readMessages(Buffer.concat(messages));
    expect(records.length).toBe(2000 + counters.optionsRecords);
    expect(counters).toMatchObject({ sequenceGaps: 0, sequenceResets: 0 });
    messages.forEach((message, n) => {
      expect(message.readUInt16BE(0)).toBe(10);
      expect(message.readUInt16BE(2)).toBe(message.length);
      expect(message.readUInt32BE(4)).toBe(Math.floor(EXPORT_TIME_MS / 1000));
      expect(message.readUInt32BE(8)).toBe(readMessages(Buffer.concat(messages.slice(0, n))).records.length);
      expect(message.readUInt32BE(12)).toBe(0xfffffffe);
    });
    expect(file.records).toBe(2000);
  });

  it('are filled up to their bound and never beyond', () => {
    for (const maxMessageOctets of [1000, 1400, 65_535]) {
      const { messages } = write([many, many], { maxMessageOctets });
      const lengths = messages.map(({ length }) => length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(maxMessageOctets);
      const recordOctets = 150;
      for (const length of lengths.slice(0, -2)) expect(length).toBeGreaterThan(maxMessageOctets - 2 * recordOctets);
    }
  });

  it('of a bound that has no room for a template or a record are refused', () => {
    expect(() => write([[FLOW]], { maxMessageOctets: 511 })).toThrow(
      'maxMessageOctets 511: expected a whole number from 512 to 65535',
    );
    expect(() => write([[FLOW]], { maxMessageOctets: 65_536 })).toThrow(RangeError);
    expect(() => write([[FLOW]], { observationDomainId: 2 ** 32 })).toThrow('observationDomainId 4294967296');
    const wide = Array.from({ length: 10 }, () => flowFields()).flat();
    const create = (maxMessageOctets: number): IpfixFile => new IpfixFile(wide, { maxMessageOctets }, () => undefined);
    expect(() => create(1500)).toThrow(/^messages of at most 1500 octets are too small: \d{4} are needed$/);
    expect(() => create(9000)).not.toThrow();
  });

  it('are one when there are no flow records: what the exporter tells about itself', () => {
    const { messages } = write([[]]);
    expect(messages.length).toBe(1);
    expect(shapeOf(messages)).toBe(`${OPTIONS_BEFORE}oo`);
  });
});

describe('the statistics at the end', () => {
  it('are an options record with the elements that YAF uses, in its order', () => {
    const { records } = read(write([[FLOW, { ...FLOW, reverse: REVERSE }]], { uniflow: true, observationDomainId: 9 }));
    expect(Object.entries(records.at(-1)!)).toEqual(
      Object.entries({
        observationDomainId: 9,
        exportingProcessId: 77,
        exporterIPv4Address: '192.0.2.250',
        observationTimeSeconds: '2023-11-14T22:15:00Z',
        systemInitTimeMilliseconds: '2023-11-14T22:13:20.250Z',
        exportedFlowRecordTotalCount: 3,
        packetTotalCount: 12_345_678_901,
        droppedPacketTotalCount: 1,
        ignoredPacketTotalCount: 22,
        notSentPacketTotalCount: 3,
        expiredFragmentCount: 4,
        assembledFragmentCount: 5,
        flowTableFlushEventCount: 6,
        flowTablePeakCount: 4096,
        meanFlowRate: 70,
        meanPacketRate: 800,
      }),
    );
  });

  it('send the largest number that an element holds for one that is larger', () => {
    const messages: Buffer[] = [];
    const file = new IpfixFile(flowFields(), {}, (octets, from, to) =>
      messages.push(Buffer.from(octets.subarray(from, to))),
    );
    file.finish({ ...STATISTICS, flowTablePeakCount: 2 ** 40, meanFlowRate: Infinity, meanPacketRate: 1.9 });
    const record = readMessages(Buffer.concat(messages)).records.at(-1);
    expect(record).toMatchObject({ flowTablePeakCount: 0xffff_ffff, meanFlowRate: 0, meanPacketRate: 1 });
  });
});
