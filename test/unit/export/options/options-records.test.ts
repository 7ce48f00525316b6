import { describe, expect, it } from 'vitest';

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

describe('options records of a file', () => {
  it('name the interfaces, at the end those too that were met on the way', () => {
    const interfaces = [LAN];
    const octets = fileOf({ knowledge: { interfaces: () => interfaces } }, {}, () => interfaces.push(WAN));
    const first = { ingressInterface: 1, interfaceName: 'eth0', interfaceDescription: 'a/b.pcapng, interface 0' };
    const names = recordsWith(octets, 'interfaceName');
    expect(names.slice(0, 2)).toEqual([first, first]);
    expect(names.length).toBe(3);
    // Long names are cut at a whole character.
    const name = String(names[2].interfaceName);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(128);
    expect(WAN.name.startsWith(name)).toBe(true);
    expect(name.length).toBeGreaterThan(100);
  });

  it('say that every packet was metered', () => {
    expect(recordsWith(fileOf({}), 'selectorId')).toEqual([
      {
        selectorId: 1,
        selectorAlgorithm: 1,
        samplingPacketInterval: 1,
        samplingPacketSpace: 0,
        samplingInterval: 1,
      },
    ]);
  });

  it('name the applications', () => {
    const octets = fileOf({ knowledge: { applications: () => [APPLICATION] } });
    const record = { applicationId: '06000050', applicationName: 'http' };
    expect(recordsWith(octets, 'applicationName')).toEqual([record]);
  });

  it('describe the elements that are not IANA’s, each once, and those of IANA not', () => {
    for (const profile of ['standard', 'cert', 'full']) {
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
    encoder.announce();
    expect(kinds()).toEqual([MessageKind.Templates, MessageKind.Options]);
    encoder.write(closedRecords([FLOW]));
    encoder.flush();
    encoder.announce();
    encoder.options(STATISTICS);
    expect(kinds().slice(2)).toEqual([
      MessageKind.Templates,
      MessageKind.Data,
      MessageKind.Templates,
      MessageKind.Options,
    ]);
    const all = Buffer.concat(messages.map(({ octets }) => octets));
    expect(recordsWith(all, 'interfaceName').length).toBe(2);
    expect(recordsWith(all, 'selectorId').length).toBe(2);
    expect(recordsWith(all, 'flowTablePeakCount').length).toBe(1);
    const [sent] = recordsWith(all, 'exportedMessageTotalCount');
    const before = messages.slice(0, -1);
    expect(sent).toMatchObject({
      exportedMessageTotalCount: before.length,
      exportedOctetTotalCount: before.reduce((sum, { octets }) => sum + octets.length, 0),
    });
  });
});

it('ids of Options Templates are not used twice, and not by flow records', () => {
  const ids = OPTIONS_RECORDS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toBeGreaterThanOrEqual(0xd000);
});
