import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { flowFields } from '../../../../src/export/fields/flow-fields.js';
import { MessageKind } from '../../../../src/export/message-encoder.js';
import { Netflow9Messages, type NetflowOptions } from '../../../../src/export/netflow/netflow9-messages.js';
import { InformationModel } from '../../../../src/ipfix/information-model.js';
import { ipv6Text } from '../../../../src/ipfix/value-text.js';
import { Netflow9Reader, type NetflowRecord } from '../../../support/netflow-reader.js';
import { closedRecords, FLOW, type FlowDescription, REVERSE } from '../closed-records.js';
import { expectedElements, type Values } from '../expected-records.js';
import { anyTimedFlow, collecting, type SentMessage } from '../netflow-flows.js';
import { STATISTICS } from '../statistics.js';

const NOW_MS = 1_700_000_100_250;

function encoder(options: NetflowOptions = {}): { encoder: Netflow9Messages; messages: SentMessage[] } {
  const table = flowFields({ ingressInterface: true });
  return collecting((sink) => new Netflow9Messages(table, { clock: () => NOW_MS, ...options }, sink));
}

function write(blocks: readonly (readonly FlowDescription[])[], options: NetflowOptions = {}): SentMessage[] {
  const { encoder: netflow, messages } = encoder(options);
  for (const flows of blocks) netflow.write(closedRecords(flows));
  netflow.flush();
  return messages;
}

function read(messages: readonly SentMessage[]): NetflowRecord[] {
  const reader = new Netflow9Reader();
  return messages.flatMap(({ octets }) => reader.read(octets).records);
}

const model = new InformationModel();

/** What a record says, by element name, as expected-records.ts has it. */
function shown({ header, values }: NetflowRecord): Values {
  const epochMs = header.seconds * 1000 - header.uptimeMs;
  return Object.fromEntries(
    Array.from(values, ([type, octets]) => {
      const { name } = model.lookup(0, type);
      if (name.endsWith('SysUpTime')) {
        // A collector that takes what is later for a time before sysUptime wrapped around is right, too.
        expect(octets.readUInt32BE(0)).toBeLessThanOrEqual(header.uptimeMs);
        return [name.replace('SysUpTime', 'Milliseconds'), new Date(epochMs + octets.readUInt32BE(0)).toISOString()];
      }
      return [name, valueText(name, octets)];
    }),
  );
}

function valueText(name: string, octets: Buffer): unknown {
  if (name.endsWith('IPv4Address')) return octets.join('.');
  if (name.endsWith('IPv6Address')) return ipv6Text(octets, 0);
  if (name.endsWith('MacAddress')) return octets.toString('hex').replace(/..(?!$)/g, '$&:');
  if (name.startsWith('mpls')) return octets.toString('hex');
  return Number(BigInt(`0x${octets.toString('hex')}`));
}

/** The part of what IPFIX says that NetFlow v9 has field types for. */
function expected(flow: FlowDescription): Values[] {
  return expectedElements(flow, { uniflow: true, interfaceInKey: true }).map((record) =>
    Object.fromEntries(
      Object.entries(record)
        .filter(([name]) => {
          const element = model.find(name);
          return /^flow(Start|End)Milli/.test(name) || (element?.pen === 0 && element.id <= 127);
        })
        .map(([name, value]) => [name, name === 'tcpControlBits' ? Number(value) & 0xff : value]),
    ),
  );
}

/** 1,700,000,101 s: the wall clock rounded up. */
const SECONDS = '6553f165';
/** 86,401,000 ms: since a day before the start, 250 ms cut off. */
const UPTIME = '05265fe8';

describe('NetFlow v9', () => {
  it('is, octet for octet, what RFC 3954 says', () => {
    const [templates, data, ...others] = write([[FLOW]], { observationDomainId: 7 });
    expect(others).toEqual([]);
    expect([templates.records, templates.kind]).toEqual([0, MessageKind.Templates]);
    expect(templates.octets.toString('hex')).toBe(
      `00090001${UPTIME}${SECONDS}0000000000000007` +
        // A Template FlowSet, 72 octets: the Template has 16 fields, and an id that is made of them.
        '000000484eb90010' +
        // FIRST_SWITCHED, LAST_SWITCHED, addresses, ports, protocol.
        '0016000400150004' +
        '00080004000c0004' +
        '00070002000b000200040001' +
        // IN_PKTS, IN_BYTES, TCP_FLAGS, shortest and longest packet, smallest and largest TTL.
        '000200040001000800060001' +
        '00190004001a00040034000100350001' +
        // TOS, INPUT_SNMP.
        '00050001000a0002',
    );
    expect([data.records, data.kind]).toEqual([1, MessageKind.Data]);
    expect(data.octets.toString('hex')).toBe(
      `00090001${UPTIME}${SECONDS}0000000100000007` +
        '4eb90034' +
        // 86,300,123 ms and 86,360,000 ms after the start.
        '0524d5db0525bfc0' +
        'c0000201c63364c8c35001bb06' +
        '0000000300000000000000b41b' +
        '00000028000005dc3f40b80001' +
        // Padding.
        '00',
    );
  });

  it('says of any flow what it has field types for, biflows as two records', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyTimedFlow, { maxLength: 8 }), { maxLength: 4 }), (blocks) => {
        const { encoder: netflow, messages } = encoder();
        for (const flows of blocks) netflow.write(closedRecords(flows));
        netflow.flush();
        const records = read(messages);
        expect(records.map(shown)).toEqual(blocks.flat().flatMap(expected));
        expect(netflow.records).toBe(records.length);
        expect(messages.reduce((sum, each) => sum + each.records, 0)).toBe(records.length);
        expect(netflow.cut).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('fills messages up to their bound and not beyond, and counts them', () => {
    const flows = Array.from({ length: 400 }, () => ({ ...FLOW, reverse: REVERSE }));
    for (const maxMessageOctets of [512, 1400, 1403, 9000]) {
      const messages = write([flows], { maxMessageOctets }).slice(1);
      const lengths = messages.map(({ octets }) => octets.length);
      const room = maxMessageOctets - 47;
      expect(lengths.slice(0, -1).every((length) => length <= maxMessageOctets && length > room - 4)).toBe(true);
      expect(messages.map(({ octets }) => octets.readUInt32BE(12))).toEqual(messages.map((_, n) => n + 1));
      expect(messages.reduce((sum, { records }) => sum + records, 0)).toBe(800);
    }
  });

  it('announces the Templates known so far, and that of the options', () => {
    const { encoder: netflow, messages } = encoder();
    netflow.write(closedRecords([FLOW, { ...FLOW, vlans: [7] }]));
    netflow.flush();
    const before = messages.length;
    netflow.announce();
    const announced = messages.slice(before);
    expect(announced.every(({ records, kind }) => records === 0 && kind === MessageKind.Templates)).toBe(true);
    const reader = new Netflow9Reader();
    expect(announced.map(({ octets }) => reader.read(octets).templates)).toEqual([
      [0x4eb9, 0x74b5],
      [0xd003],
      [0xd004],
      [0xd006],
      [0xd005],
    ]);
  });

  it('names interfaces and applications with the Templates', () => {
    const interfaces = [
      { number: 3, name: 'eth1', description: 'Überwachung' },
      { number: 70_000, name: 'x'.repeat(40), description: `of ${'x'.repeat(40)}` },
    ];
    const applications = [{ id: Uint8Array.of(6, 0, 0, 80), name: 'http' }];
    const knowledge = { interfaces: () => interfaces, applications: () => applications };
    const { encoder: netflow, messages } = encoder({ observationDomainId: 9, knowledge });
    netflow.announce();
    const texts = read(messages).map(({ values }) =>
      Array.from(values, ([type, value]) =>
        [82, 83, 96].includes(type) ? value.toString('utf8').replace(/\0+$/, '') : value.readUInt32BE(0),
      ),
    );
    expect(texts).toEqual([
      [3, 'eth1'],
      [70_000, 'x'.repeat(32)],
      [9, 3, 'eth1, Überwachung'],
      [9, 70_000, `of ${'x'.repeat(40)}`],
      [9, 0x06000050, 'http'],
    ]);
    expect([messages.at(-1)?.kind, messages.at(-1)?.records]).toEqual([MessageKind.Options, 5]);
  });

  it('tells as options of the whole system what it has sent and that it does not sample', () => {
    const { encoder: netflow, messages } = encoder({ observationDomainId: 9 });
    netflow.write(closedRecords([FLOW, FLOW, FLOW]));
    netflow.flush();
    netflow.announce();
    netflow.options(STATISTICS, { messages: 5, octets: 700 });
    const last = messages.at(-1);
    expect([last?.records, last?.kind]).toEqual([1, MessageKind.Options]);
    const [options] = read(messages).slice(-1);
    expect(options.isOptions).toBe(true);
    expect(Array.from(options.values, ([type, value]) => [type, Number(`0x${value.toString('hex')}`)])).toEqual([
      [1, 9],
      [34, 1],
      [35, 1],
      [40, 700],
      [41, 5],
      [42, 3],
    ]);
  });

  it('refuses bounds that no message has', () => {
    expect(() => encoder({ maxMessageOctets: 100 })).toThrow('maxMessageOctets 100: expected a whole number from 512');
    expect(() => encoder({ observationDomainId: -1 })).toThrow('observationDomainId -1');
  });

  it('refuses fields of which none is in every record', () => {
    const only = (element: string): Netflow9Messages =>
      new Netflow9Messages(
        flowFields().filter((field) => field.element === element),
        {},
        () => undefined,
      );
    expect(only('packetDeltaCount').records).toBe(0);
    for (const element of ['flowId', 'vlanId', 'flowAttributes']) {
      expect(() => only(element)).toThrow(`no field type that is in every record for any of ${element}`);
    }
  });
});
