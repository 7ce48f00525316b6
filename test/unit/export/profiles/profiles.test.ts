import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { State, W } from '../../../../src/flow/flow-record.js';

import { INSPECTION } from '../../../../src/export/inspection.js';
import { type ExportField, flowFields, type FlowFieldOptions } from '../../../../src/export/fields/flow-fields.js';
import { IpfixFile } from '../../../../src/export/ipfix/ipfix-file.js';
import { measuredFields } from '../../../../src/export/fields/measured-fields.js';
import { PROFILE_NAMES, profileNamed } from '../../../../src/export/profiles/index.js';
import { RecordText } from '../../../../src/export/text/record-text.js';
import { CSV, JSON_LINES, type TextStyle } from '../../../../src/export/text/text-style.js';
import { readMessages } from '../../ipfix/read-messages.js';
import { anyFlow } from '../arbitrary-flows.js';
import { closedRecords, DIRECTION, FLOW, type FlowDescription, REVERSE } from '../closed-records.js';
import { expectedProfile, type ProfileOptions } from '../expected-profiles.js';
import type { Values } from '../expected-records.js';
import { STATISTICS } from '../statistics.js';

const anyOptions: fc.Arbitrary<ProfileOptions> = fc.record({
  profile: fc.constantFrom('standard', 'cert', 'full'),
  time: fc.constantFrom('ms', 'us', 'ns'),
  uniflow: fc.boolean(),
  counters: fc.constantFrom('delta', 'total'),
  interfaceInKey: fc.boolean(),
});
const anyFlows = fc.array(anyFlow, { minLength: 1, maxLength: 10 });

function tableOf(options: ProfileOptions, format: 'ipfix' | 'json' = 'ipfix'): ExportField[] {
  const { interfaceInKey = false, ...others } = options;
  return flowFields({ ...others, format, ingressInterface: interfaceInKey });
}

function ipfixOf(table: readonly ExportField[], flows: readonly FlowDescription[], uniflow = false): Buffer {
  const messages: Buffer[] = [];
  const file = new IpfixFile(table, { uniflow }, (octets, from, to) => {
    messages.push(Buffer.from(octets.subarray(from, to)));
  });
  file.write(closedRecords(flows));
  file.finish(STATISTICS);
  return Buffer.concat(messages);
}

function textOf(table: readonly ExportField[], flows: readonly FlowDescription[], style: TextStyle): string[] {
  let text = '';
  const writer = new RecordText(table, false, style, (octets, from, to) => {
    text += Buffer.from(octets.subarray(from, to)).toString();
  });
  writer.write(closedRecords(flows));
  writer.finish();
  return text.split('\n').slice(0, -1);
}

/** Flow records; a delta in nanoseconds of more than a century is not exact, and no flow is that long. */
function flowRecords(octets: Buffer): Values[] {
  const { records, problems } = readMessages(octets);
  expect(problems).toEqual([]);
  return records.filter((record) => 'protocolIdentifier' in record).map(exact);
}

function exact(values: Values): Values {
  const delta = Number(values.reverseFlowDeltaNanoseconds ?? 0);
  return delta < Number.MAX_SAFE_INTEGER ? values : { ...values, reverseFlowDeltaNanoseconds: 'long' };
}

describe('a profile', () => {
  it('says in IPFIX what the records hold, in each resolution of time, with both kinds of counters, with and without uniflows', () => {
    fc.assert(
      fc.property(anyFlows, anyOptions, (flows, options) => {
        const expected = flows.flatMap((flow) => expectedProfile(flow, options)).map(exact);
        expect(flowRecords(ipfixOf(tableOf(options), flows, options.uniflow))).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('has the same values in JSON', () => {
    fc.assert(
      fc.property(anyFlows, anyOptions, (flows, any) => {
        const options = { ...any, uniflow: false };
        const table = tableOf(options, 'json').filter(({ textType }) => textType === undefined);
        const lines = textOf(table, flows, JSON_LINES).map((line) => exact(JSON.parse(line) as Values));
        const expected = flows.flatMap((flow) => expectedProfile(flow, options)).map(exact);
        for (const record of expected) delete record.subTemplateMultiList;
        expect(lines).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it.each(PROFILE_NAMES)('%s names what there is', (name) => {
    const inspected = { labels: true, payload: null, by: INSPECTION };
    const measured = new Set(measuredFields({ ingressInterface: true, inspected }).map(({ element }) => element));
    for (const field of profileNamed(name).fields ?? []) {
      const { element, source, format } = typeof field === 'string' ? { element: field } : { ...field };
      const isOwn = source !== undefined && format !== undefined;
      expect.soft(isOwn || measured.has(element), element).toBe(true);
    }
  });

  it('that there is not is refused with those there are', () => {
    expect(() => flowFields({ profile: 'yaf' })).toThrow(
      "option profile 'yaf': expected one of standard, cert, full, eve, ecs",
    );
    expect(() => flowFields({ profile: 'eve', format: 'csv' })).toThrow("option profile 'eve': is for JSON");
  });

  it('is standard in IPFIX and full in text', () => {
    const names = (options: FlowFieldOptions): string[] => flowFields(options).map(({ element }) => element);
    expect(names({ format: 'ipfix' })).toEqual(names({ format: 'ipfix', profile: 'standard' }));
    expect(names({ format: 'json' })).toEqual(names({ profile: 'full' }));
    expect(names({})).toContain('flowAttributes');
    expect(names({ format: 'ipfix' })).not.toContain('flowAttributes');
  });
});

describe('cert', () => {
  /** Template ids of flow records in a file. */
  function ids(flows: readonly FlowDescription[], options: Partial<ProfileOptions> = {}): number[] {
    const octets = ipfixOf(tableOf({ profile: 'cert', ...options }), flows, options.uniflow);
    const found: number[] = [];
    for (let at = 0; at < octets.length; at += octets.readUInt16BE(at + 2)) {
      const end = at + octets.readUInt16BE(at + 2);
      for (let set = at + 16; set < end; set += octets.readUInt16BE(set + 2)) found.push(octets.readUInt16BE(set));
    }
    return found.filter((id) => id > 255 && id < 0xd000);
  }

  const LARGE = { ...DIRECTION, octets: 2 ** 31 };
  const UDP: FlowDescription = { ...FLOW, protocol: 17 };
  const IPV6 = Array<number>(16).fill(7);
  it.each<[string, FlowDescription, Partial<ProfileOptions>, number]>([
    ['UDP', UDP, {}, 0xb000],
    ['TCP', FLOW, {}, 0xb020],
    ['a biflow of TCP', { ...FLOW, reverse: REVERSE }, {}, 0xb030],
    ['a biflow as two uniflows', { ...FLOW, reverse: REVERSE }, { uniflow: true }, 0xb020],
    ['delta counters', UDP, { counters: 'delta' }, 0xb002],
    ['microseconds', UDP, { time: 'us' }, 0xb100],
    ['nanoseconds', UDP, { time: 'ns' }, 0xb001],
    ['interfaces', UDP, { interfaceInKey: true }, 0xb040],
    ['MPLS', { ...UDP, labels: [0x10] }, {}, 0xb004],
    ['IPv6', { ...UDP, version: 6, source: IPV6, destination: IPV6 }, {}, 0xb400],
    ['octets that 31 bits have no room for', { ...UDP, forward: LARGE }, {}, 0xb080],
    ['so many reverse packets', { ...FLOW, reverse: { ...REVERSE, packets: 2 ** 31 } }, {}, 0xb0b0],
  ])('gives the Template of %s the id that YAF gives it', (_, flow, options, id) => {
    expect(ids([flow], options)).toEqual([id]);
  });

  it('has counters in 4 octets, as YAF, while all of a record are below 2^31', () => {
    const table = tableOf({ profile: 'cert' });
    const sizes = (flow: FlowDescription): number[] => {
      const octets = ipfixOf(table, [flow]);
      // Behind octetTotalCount, whose specifier has four octets, comes packetTotalCount.
      const at = octets.indexOf(Buffer.of(0, 85, 0));
      expect(octets.readUInt16BE(at + 4)).toBe(86);
      return [octets.readUInt16BE(at + 2), octets.readUInt16BE(at + 6)];
    };
    const largest = { ...DIRECTION, octets: 2 ** 31 - 1, packets: 2 ** 31 - 1 };
    expect(sizes({ ...UDP, forward: largest })).toEqual([4, 4]);
    expect(sizes({ ...UDP, forward: LARGE })).toEqual([8, 8]);
    const [small, large] = flowRecords(
      ipfixOf(table, [
        { ...UDP, forward: largest },
        { ...UDP, forward: LARGE },
      ]),
    );
    expect([small.octetTotalCount, small.packetTotalCount]).toEqual([2 ** 31 - 1, 2 ** 31 - 1]);
    expect([large.octetTotalCount, large.packetTotalCount]).toEqual([2 ** 31, DIRECTION.packets]);
    // Text has each counter once.
    expect(textOf(table, [UDP], CSV)[0].match(/octetTotalCount/g)).toHaveLength(1);
  });

  it('marks the continuation of a flow in flowEndReason, in text too', () => {
    const closed = closedRecords([FLOW, FLOW]);
    closed.words[closed.stride + W.State] |= State.Continuation;
    const octets: Buffer[] = [];
    const table = tableOf({ profile: 'cert' });
    const file = new IpfixFile(table, {}, (from, start, end) => octets.push(Buffer.from(from.subarray(start, end))));
    file.write(closed);
    file.finish(null);
    const records = flowRecords(Buffer.concat(octets));
    expect(records.map(({ flowEndReason }) => flowEndReason)).toEqual([FLOW.endReason, FLOW.endReason + 0x80]);
    let text = '';
    const lines = new RecordText(
      flowFields({ profile: 'cert', fields: ['flowEndReason'] }),
      false,
      CSV,
      (from, start, end) => (text += Buffer.from(from.subarray(start, end)).toString()),
    );
    lines.write(closed);
    lines.finish();
    expect(text).toBe(`flowEndReason\n${FLOW.endReason}\n${FLOW.endReason + 0x80}\n`);
  });

  it('gives no other content such an id', () => {
    const fields = ['flowStartMilliseconds', 'protocolIdentifier', 'octetTotalCount'];
    const table = flowFields({ profile: 'cert', format: 'ipfix', fields });
    const octets = ipfixOf(table, [FLOW]);
    expect(flowRecords(octets)).toEqual([
      { flowStartMilliseconds: '2023-11-14T22:13:20.123Z', protocolIdentifier: 6, octetTotalCount: 180 },
    ]);
    const template = octets.indexOf(Buffer.from('000300980008', 'hex'));
    expect(template).toBeGreaterThan(0);
    expect(octets.readUInt16BE(template - 2)).toBeLessThan(0xb000);
  });
});

describe('fields', () => {
  it('are those that are named, in that order, also in uniflow mode, where the other direction has its own values', () => {
    const fields = ['packetDeltaCount', 'sourceTransportPort', 'flowStartMilliseconds'];
    const table = flowFields({ fields, uniflow: true });
    expect(textOf(table, [FLOW], CSV)).toEqual([fields.join(','), '3,50000,2023-11-14T22:13:20.123Z']);
    const flow = { ...FLOW, forward: { ...DIRECTION, packets: 9 }, reverse: REVERSE };
    expect(flowRecords(ipfixOf([...table, ...flowFields({ fields: ['protocolIdentifier'] })], [flow], true))).toEqual([
      {
        packetDeltaCount: 9,
        sourceTransportPort: 50_000,
        flowStartMilliseconds: '2023-11-14T22:13:20.123Z',
        protocolIdentifier: 6,
      },
      {
        packetDeltaCount: 2,
        sourceTransportPort: 443,
        flowStartMilliseconds: '2023-11-14T22:13:20.200Z',
        protocolIdentifier: 6,
      },
    ]);
  });

  it('keep the keys of one object together', () => {
    const table = flowFields({ profile: 'eve', fields: ['flow.end', 'src_ip', 'flow.start', 'proto'] });
    expect(textOf(table, [FLOW], JSON_LINES)).toEqual([
      '{"src_ip":"192.0.2.1","proto":"TCP","flow":' +
        '{"start":"2023-11-14T22:13:20.123456+0000","end":"2023-11-14T22:14:20.000001+0000"}}',
    ]);
  });

  it.each<[FlowFieldOptions, string]>([
    [{ fields: ['protocolIdentifer'] }, "no field 'protocolIdentifer' in json, did you mean 'protocolIdentifier'?"],
    [{ fields: ['flowId', 'flowId'] }, "'flowId' is named twice"],
    [{ fields: ['vlanId'] }, 'expected at least one that every record has, such as flowStartMilliseconds'],
    [{ fields: ['communityId'], format: 'ipfix' }, "no field 'communityId'"],
    [
      { fields: ['reversePacketDeltaCount'], uniflow: true },
      "no field 'reversePacketDeltaCount' in json uniflows, expected some of",
    ],
    [{ fields: ['flowAttributes'], profile: 'standard' }, "no field 'flowAttributes'"],
    [{ fields: ['packetDeltaCount'], counters: 'total' }, "no field 'packetDeltaCount'"],
  ])('%o is refused: %s', (options, message) => {
    expect(() => flowFields(options)).toThrow(message);
    expect(() => flowFields(options)).toThrow(RangeError);
  });
});
