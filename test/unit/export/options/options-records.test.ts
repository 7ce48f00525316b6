import { describe, expect, it } from 'vitest';

import { INSPECTION } from '../../../../src/export/inspection.js';
import { flowFields, type FlowFieldOptions } from '../../../../src/export/fields/flow-fields.js';
import { IpfixFile } from '../../../../src/export/ipfix/ipfix-file.js';
import { IpfixMessages } from '../../../../src/export/ipfix/ipfix-messages.js';
import { MessageKind } from '../../../../src/export/message-encoder.js';
import type { ExportedInterface, SelfDescription } from '../../../../src/export/options/options-record.js';
import { OPTIONS_RECORDS } from '../../../../src/export/options/options-records.js';
import { readMessages } from '../../ipfix/read-messages.js';
import { closedRecords, FLOW } from '../closed-records.js';
import type { Values } from '../expected-records.js';
import { STATISTICS } from '../statistics.js';

const LAN: ExportedInterface = { number: 1, name: 'eth0', description: 'a/b.pcapng, interface 0' };
const WAN: ExportedInterface = { number: 2, name: 'ünicode'.repeat(40), description: '' };
const APPLICATION = { id: Buffer.from([6, 0, 0, 80]), name: 'http' };

function fileOf(self: SelfDescription, options: FlowFieldOptions = {}, onWrite = (): void => undefined): Buffer {
  const messages: Buffer[] = [];
  const file = new IpfixFile(
    flowFields({ format: 'ipfix', ...options }),
    { observationDomainId: 5, exporter: { exportingProcessId: 9 }, ...self },
    (octets, from, to) => messages.push(Buffer.from(octets.subarray(from, to))),
  );
  file.write(closedRecords([FLOW]));
  onWrite();
  file.finish(STATISTICS);
  return Buffer.concat(messages);
}

function recordsWith(octets: Uint8Array, element: string): Values[] {
  const { records, problems } = readMessages(octets);
  expect(problems).toEqual([]);
  return records.filter((record) => element in record);
}

/** Of each field of each Template: its enterprise number, 0 for IANA's. */
function enterpriseNumbers(octets: Buffer): number[] {
  const numbers: number[] = [];
  for (let message = 0; message < octets.length; message += octets.readUInt16BE(message + 2)) {
    const end = message + octets.readUInt16BE(message + 2);
    for (let set = message + 16; set < end; set += octets.readUInt16BE(set + 2)) {
      const kind = octets.readUInt16BE(set);
      const setEnd = set + octets.readUInt16BE(set + 2);
      for (let at = set + 4; kind < 256 && at < setEnd;) {
        const count = octets.readUInt16BE(at + 2);
        at += kind === 3 ? 6 : 4;
        for (let n = 0; n < count; n++) {
          const isOwn = (octets.readUInt16BE(at) & 0x8000) !== 0;
          numbers.push(isOwn ? octets.readUInt32BE(at + 4) : 0);
          at += isOwn ? 8 : 4;
        }
      }
    }
  }
  return numbers;
}

describe('options records of a file', () => {
  it('name the interfaces, at the end those too that were met on the way', () => {
    const interfaces = [LAN];
    const octets = fileOf({ knowledge: { interfaces: () => interfaces } }, {}, () => interfaces.push(WAN));
    const scope = { observationDomainId: 5, ingressInterface: 1 };
    const names = recordsWith(octets, 'interfaceName');
    expect(names.slice(0, 2)).toEqual(Array(2).fill({ ...scope, interfaceName: 'eth0' }));
    expect(names.length).toBe(3);
    // Long names are cut at a whole character.
    const name = String(names[2].interfaceName);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(64);
    expect(WAN.name.startsWith(name)).toBe(true);
    expect(name.length).toBeGreaterThan(50);
    expect(recordsWith(octets, 'interfaceDescription')[0]).toEqual({
      ...scope,
      interfaceDescription: 'eth0, a/b.pcapng, interface 0',
    });
  });

  it('say that every packet was metered', () => {
    expect(recordsWith(fileOf({}), 'selectorId')).toEqual([
      {
        observationDomainId: 5,
        selectorId: 1,
        selectorAlgorithm: 1,
        samplingPacketInterval: 1,
        samplingPacketSpace: 0,
      },
    ]);
  });

  it('name the applications', () => {
    const octets = fileOf({ knowledge: { applications: () => [APPLICATION] } });
    const record = { observationDomainId: 5, applicationId: '06000050', applicationName: 'http' };
    expect(recordsWith(octets, 'applicationName')).toEqual([record]);
  });

  it('describe the elements that are not IANA’s, each once, and those of IANA not', () => {
    for (const profile of ['cert', 'full']) {
      const types = recordsWith(fileOf({}, { profile }), 'informationElementName');
      const names = types.map(({ informationElementName }) => informationElementName);
      expect(new Set(names).size).toBe(names.length);
      for (const { privateEnterpriseNumber } of types) expect([6871, 6876]).toContain(privateEnterpriseNumber);
      expect(types).toContainEqual({
        privateEnterpriseNumber: 6871,
        informationElementId: 14,
        informationElementDataType: 2,
        informationElementSemantics: 5,
        informationElementUnits: 0,
        informationElementName: 'initialTCPFlags',
      });
      expect(names).toContain('flowTablePeakCount');
    }
  });

  it('have nothing but elements of IANA where flow records have no others', () => {
    const octets = fileOf(
      { knowledge: { interfaces: () => [LAN], applications: () => [APPLICATION] } },
      { profile: 'standard', inspected: { labels: true, payload: null, by: INSPECTION }, ingressInterface: true },
    );
    const numbers = enterpriseNumbers(octets);
    expect(numbers.length).toBeGreaterThan(30);
    for (const number of numbers) expect([0, 29305]).toContain(number);
  });

  it('count what left before them', () => {
    const octets = fileOf({});
    expect(recordsWith(octets, 'exportedMessageTotalCount')).toEqual([
      {
        observationDomainId: 5,
        exportingProcessId: 9,
        exportedMessageTotalCount: 0,
        exportedFlowRecordTotalCount: 1,
        exportedOctetTotalCount: 0,
      },
    ]);
  });
});

describe('options records of a session', () => {
  it('stand in front of all flows, and again with the statistics', () => {
    const messages: { octets: Buffer; kind: MessageKind; records: number }[] = [];
    const encoder = new IpfixMessages(
      flowFields({ format: 'ipfix' }),
      { knowledge: { interfaces: () => [LAN] }, maxMessageOctets: 1400 },
      (octets, from, to, records, kind) =>
        messages.push({ octets: Buffer.from(octets.subarray(from, to)), kind, records }),
    );
    const kinds = (): MessageKind[] => messages.map(({ kind }) => kind);
    encoder.announce(true);
    expect(kinds()).toEqual([MessageKind.Templates, MessageKind.Options]);
    encoder.write(closedRecords([FLOW]));
    encoder.flush();
    encoder.announce(false);
    encoder.options(STATISTICS, { messages: 4, octets: 1234 });
    expect(kinds().slice(2)).toEqual([
      MessageKind.Templates,
      MessageKind.Data,
      MessageKind.Templates,
      MessageKind.Options,
    ]);
    const all = Buffer.concat(messages.map(({ octets }) => octets));
    expect(recordsWith(all, 'interfaceName').length).toBe(2);
    expect(recordsWith(all, 'selectorId').length).toBe(2);
    expect(recordsWith(all, 'droppedPacketTotalCount')).toEqual([
      {
        observationDomainId: 0,
        meteringProcessId: process.pid,
        observationTimeSeconds: expect.anything() as unknown,
        systemInitTimeMilliseconds: expect.anything() as unknown,
        packetTotalCount: STATISTICS.packetTotalCount,
        droppedPacketTotalCount: STATISTICS.droppedPacketTotalCount,
        ignoredPacketTotalCount: STATISTICS.ignoredPacketTotalCount,
        notSentPacketTotalCount: STATISTICS.notSentPacketTotalCount,
      },
    ]);
    const [sent] = recordsWith(all, 'exportedMessageTotalCount');
    expect(sent).toMatchObject({ exportedMessageTotalCount: 4, exportedOctetTotalCount: 1234 });
  });
});

describe('options records of another Observation Domain than that of the flows', () => {
  it('stand there but for those in front of all flows, with the domain of what they name', () => {
    const messages: Buffer[] = [];
    const encoder = new IpfixMessages(
      flowFields({ format: 'ipfix' }),
      {
        observationDomainId: 7,
        optionsDomainId: 0,
        exporter: { exportingProcessId: 9 },
        knowledge: { interfaces: () => [LAN], applications: () => [APPLICATION] },
      },
      (octets, from, to) => messages.push(Buffer.from(octets.subarray(from, to))),
    );
    const inDomain = (domain: number): Buffer =>
      Buffer.concat(messages.filter((octets) => octets.readUInt32BE(12) === domain));
    encoder.announce(true);
    expect(recordsWith(inDomain(7), 'interfaceName')).toEqual([
      { observationDomainId: 7, ingressInterface: 1, interfaceName: LAN.name },
    ]);
    expect(readMessages(inDomain(0)).records).toEqual([]);
    encoder.write(closedRecords([FLOW]));
    encoder.options(STATISTICS, { messages: 0, octets: 0 });
    expect(recordsWith(inDomain(7), 'flowId')).toHaveLength(1);
    expect(recordsWith(inDomain(7), 'interfaceName')).toHaveLength(1);
    const options = inDomain(0);
    expect(recordsWith(options, 'interfaceName')).toEqual([
      { observationDomainId: 7, ingressInterface: 1, interfaceName: LAN.name },
    ]);
    expect(recordsWith(options, 'applicationName')).toEqual([
      { observationDomainId: 7, applicationId: '06000050', applicationName: 'http' },
    ]);
    expect(recordsWith(options, 'selectorId')).toMatchObject([{ observationDomainId: 7 }]);
    expect(recordsWith(options, 'exportedMessageTotalCount')).toMatchObject([
      { observationDomainId: 7, exportingProcessId: 9, exportedFlowRecordTotalCount: 1 },
    ]);
  });
});

it('ids of Options Templates are not used twice, and not by flow records', () => {
  const ids = OPTIONS_RECORDS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toBeGreaterThanOrEqual(0xd000);
});
