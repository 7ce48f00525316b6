import { describe, expect, it } from 'vitest';

import type { OutputDefaults } from '../../../../src/export/output-request.js';
import { outputRequest } from '../../../../src/export/output-request.js';
import { OUTPUT_FORMATS } from '../../../../src/export/output-formats.js';
import { parseOutput } from '../../../../src/export/output-spec.js';
import type { OctetSink } from '../../../../src/export/file/sink.js';
import { MemorySink } from '../../../support/memory-sink.js';
import { readMessages } from '../../ipfix/read-messages.js';
import { closedRecords, FLOW, REVERSE } from '../closed-records.js';
import { STATISTICS } from '../statistics.js';

/** Which fields a record has: what `fields`, `counters`, `time` and `uniflow` of an output make of the table. */

const BIFLOW = { ...FLOW, reverse: REVERSE };

function written(text: string, defaults: OutputDefaults = {}): Buffer {
  const request = outputRequest(parseOutput(text).members[0], defaults);
  const sink = new MemorySink();
  const write: OctetSink = (octets, from, to) => sink.write(octets, from, to);
  const encoder = OUTPUT_FORMATS[request.spec.format]!.file!(request, write, 0);
  encoder.write(closedRecords([FLOW, BIFLOW]));
  encoder.finish(STATISTICS);
  return sink.octets;
}

describe('chosen fields', () => {
  const CHOSEN = 'fields=protocolIdentifier,octetDeltaCount,reverseOctetDeltaCount,sourceIPv4Address';

  it('stand in JSON in their order, where a record has them', () => {
    expect(written(`-?${CHOSEN}`).toString().trimEnd().split('\n')).toEqual([
      '{"protocolIdentifier":6,"octetDeltaCount":180,"sourceIPv4Address":"192.0.2.1"}',
      `{"protocolIdentifier":6,"octetDeltaCount":180,"reverseOctetDeltaCount":${REVERSE.octets},"sourceIPv4Address":"192.0.2.1"}`,
    ]);
  });

  it('are the columns of CSV', () => {
    expect(written(`csv+file:-?${CHOSEN}`).toString().split('\n').slice(0, 2)).toEqual([
      'protocolIdentifier,octetDeltaCount,reverseOctetDeltaCount,sourceIPv4Address',
      '6,180,,192.0.2.1',
    ]);
  });

  it('are the Template of IPFIX', () => {
    const { records, problems } = readMessages(written('ipfix+file:-?fields=octetDeltaCount,protocolIdentifier'));
    expect(problems).toEqual([]);
    expect(records.filter((record) => 'octetDeltaCount' in record)).toEqual([
      { octetDeltaCount: 180, protocolIdentifier: 6 },
      { octetDeltaCount: 180, protocolIdentifier: 6 },
    ]);
  });

  it('have the values of the other direction in the second record of a biflow', () => {
    const text = written('-?uniflow&fields=octetDeltaCount,sourceIPv4Address').toString();
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      `{"octetDeltaCount":${REVERSE.octets},"sourceIPv4Address":"198.51.100.200"}`,
    );
  });

  it.each([
    [
      '-?fields=octetDeltaCont',
      "no field 'octetDeltaCont' in json, did you mean 'octetDeltaCount'?, expected some of flowStart",
    ],
    ['ipfix+file:-?fields=communityId,protocolIdentifier', "no field 'communityId' in ipfix"],
    ['-?uniflow&fields=reverseOctetDeltaCount', "no field 'reverseOctetDeltaCount' in json uniflows"],
    [
      '-?fields=vlanId,reverseOctetDeltaCount',
      "option fields 'vlanId,reverseOctetDeltaCount': expected at least one that every record has",
    ],
    ['-?fields=flowStartMicroseconds', "did you mean 'flowStartMilliseconds'?"],
  ])('%s is wrong', (text, message) => {
    expect(() => written(text)).toThrow(RangeError);
    expect(() => written(text)).toThrow(message);
  });
});

describe('defaults of a run', () => {
  it('hold where an output says nothing else', () => {
    const defaults: OutputDefaults = { uniflow: true, time: 'us', observationDomain: 9 };
    expect(written('-', defaults).toString().split('\n')).toHaveLength(4);
    expect(written('-?biflow', defaults).toString().split('\n')).toHaveLength(3);
    expect(written('-', defaults).toString()).toContain('"flowStartMicroseconds"');
    expect(written('-?time=ns', defaults).toString()).toContain('"flowStartNanoseconds"');
    expect(written('ipfix+file:-', defaults).readUInt32BE(12)).toBe(9);
    expect(written('ipfix+file:-?domain=3', defaults).readUInt32BE(12)).toBe(3);
  });
});

describe('profiles', () => {
  it('are full in files', () => {
    const { records } = readMessages(written('ipfix+file:-'));
    expect(records.find((record) => 'flowEndReason' in record)).toHaveProperty('flowAttributes');
    expect(written('-').toString()).toContain('"flowAttributes"');
  });

  it.each([
    ['ipfix+file:-?profile=cert', '"silkAppLabel":0'],
    ['ipfix+file:-?profile=full', '"flowAttributes"'],
  ])('%s', (text, part) => {
    expect(JSON.stringify(readMessages(written(text)).records)).toContain(part);
  });

  it.each([
    ['-?profile=eve', '"event_type":"flow"'],
    ['-?profile=ecs', '"observer":{"type":"sensor"'],
    ['csv+file:-?profile=standard', 'flowEndReason,flowId\n'],
  ])('%s', (text, part) => {
    expect(written(text).toString()).toContain(part);
  });

  it('for JSON alone are refused elsewhere', () => {
    expect(() => written('ipfix+file:-?profile=eve')).toThrow("option profile 'eve': is for JSON");
  });
});

it('counters are deltas or totals, with the same values', () => {
  const totals = written('-?counters=total').toString();
  expect(totals).not.toContain('DeltaCount');
  expect(totals.replaceAll('TotalCount', 'DeltaCount')).toBe(written('-').toString());
});
