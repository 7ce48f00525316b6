import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runPrint } from '../../../src/cli/print-command.js';
import type { DataRecord } from '../../../src/ipfix/data-record.js';
import { JsonLinesReader } from '../../../src/ipfix/json/json-lines-reader.js';
import { valueOctets } from '../../../src/ipfix/json/value-octets.js';
import type { AbstractDataType } from '../../../src/ipfix/information-model.js';
import type { PrintSettings } from '../../../src/ipfix/print/print-session.js';
import { recordJson } from '../../../src/ipfix/structured-data.js';
import { scalarValue } from '../../../src/ipfix/value-text.js';
import { bundled, weir } from '../../support/run-weir.js';

const DEFAULTS: PrintSettings = { format: 'table', fields: null, sort: null, limit: null, options: false };

/** Reads text in pieces of `size` octets; records as JSON without what has no place in them, and problems with their offsets. */
function read(text: string, size = text.length): { records: unknown[]; problems: string[] } {
  const records: unknown[] = [];
  const problems: string[] = [];
  const reader = new JsonLinesReader({
    record: ({ octets, template, spans, context }: DataRecord) =>
      records.push(JSON.parse(recordJson(octets, template, spans, context))),
    problem: ({ offset, message }) => problems.push(`${offset}: ${message}`),
  });
  const octets = Buffer.from(text);
  for (let at = 0; at < octets.length; at += size) reader.push(octets.subarray(at, at + size));
  reader.end();
  expect(reader.octetsRead).toBe(octets.length);
  return { records, problems };
}

describe('lines of JSON', () => {
  const flow = {
    flowStartMilliseconds: '2026-01-15T08:41:37.294Z',
    flowEndNanoseconds: '2026-01-15T08:41:37.294123457Z',
    sourceIPv4Address: '192.0.2.1',
    destinationIPv6Address: '2001:db8::192.0.2.2',
    sourceMacAddress: '02:00:5e:10:02:00',
    octetDeltaCount: 1_234,
    applicationId: '06000035',
    applicationName: 'dns',
  };
  const line = `${JSON.stringify({ ...flow, dns: { messages: [] }, ownName: 1 })}\n`;

  it.each([1, 7, 10_000])('become records, read in pieces of %i octets', (size) => {
    const { records, problems } = read(`${line}\n${line.trimEnd()}`, size);
    expect(problems).toEqual([]);
    expect(records).toEqual([1, 2].map(() => ({ ...flow, destinationIPv6Address: '2001:db8::c000:202' })));
  });

  it('are told where they make no sense', () => {
    const { records, problems } = read(`${line}{"cut":\n[1]\n${line}`);
    expect(records).toHaveLength(2);
    expect(problems).toEqual([
      `${line.length}: a line that is no JSON`,
      `${line.length + 8}: a line that is no JSON object`,
    ]);
  });
});

describe('a value', () => {
  it.each<[AbstractDataType, unknown]>([
    ['unsigned8', 256],
    ['signed8', -129],
    ['unsigned64', '18446744073709551616'],
    ['unsigned32', 1.5],
    ['ipv4Address', '1.2.3.256'],
    ['ipv6Address', '1::2::3'],
    ['ipv6Address', '1:2:3:4:5:6:7:8:9'],
    ['ipv6Address', '12345::'],
    ['macAddress', '02:00:5e:10:02'],
    ['octetArray', 'abc'],
    ['dateTimeMilliseconds', 'yesterday'],
    ['boolean', 1],
    ['basicList', []],
  ])('of type %s is not %s', (type, value) => {
    expect(valueOctets(value, type)).toBeNull();
  });

  it.each<AbstractDataType>([
    'unsigned64',
    'signed32',
    'float64',
    'macAddress',
    'dateTimeMilliseconds',
    'ipv4Address',
    'ipv6Address',
  ])('of type %s has the octets that its text was made of', (type) => {
    const length = type === 'macAddress' ? 6 : type === 'ipv6Address' ? 16 : type.endsWith('64') ? 8 : 4;
    const size = type === 'dateTimeMilliseconds' ? 8 : length;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (octets) => {
        // Years of four digits, and numbers that are finite.
        if (type === 'dateTimeMilliseconds') octets.fill(0, 0, 3);
        if (type === 'float64') octets[0] = 0x40;
        const value = scalarValue(Buffer.from(octets), 0, size, type);
        expect(valueOctets(value, type)).toEqual(Buffer.from(octets));
      }),
    );
  });
});

describe('weir print', () => {
  let folder = '';

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-json-'));
    for (const name of ['dns', 'http', 'https']) {
      const outputs = ['jsonl', 'ipfix'].flatMap((ending) => ['-o', path.join(folder, `${name}.${ending}`)]);
      const { stderr } = await weir(['replay', bundled(`${name}.pcap`), '--dpi', '--stats', 'none', ...outputs]);
      expect(stderr).toBe('');
    }
  });

  afterAll(() => {
    fs.rmSync(folder, { recursive: true });
  });

  async function print(name: string, settings: Partial<PrintSettings>): Promise<string> {
    let text = '';
    const stream = (): Writable =>
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          text += chunk.toString();
          done();
        },
      });
    const code = await runPrint(
      [path.join(folder, name)],
      { ...DEFAULTS, ...settings },
      { output: stream(), errors: stream() },
    );
    expect(code).toBe(0);
    return text;
  }

  it.each(['table', 'csv', 'silk'] as const)(
    'shows the same of a JSON file and of an IPFIX file as %s',
    async (format) => {
      for (const name of ['dns', 'http', 'https']) {
        const text = await print(`${name}.jsonl`, { format });
        expect(text).toBe(await print(`${name}.ipfix`, { format }));
        expect(text.split('\n').length).toBeGreaterThan(2);
      }
    },
  );

  it('sorts a compressed file, and shows metadata in columns', async () => {
    fs.writeFileSync(path.join(folder, 'dns.jsonl.gz'), gzipSync(fs.readFileSync(path.join(folder, 'dns.jsonl'))));
    const fields = ['app', 'query', 'answer', 'dns.messages.answers.ttl', 'bytes'];
    const text = await print('dns.jsonl.gz', { format: 'csv', fields, sort: '-bytes', limit: 2 });
    expect(text.split('\n')).toEqual([
      'app,query,answer,dns.messages.answers.ttl,bytes',
      'dns,long.example.test,,0,409',
      'dns,server.example.test,10.10.0.2,0,382',
      '',
    ]);
  });

  it('has a line for each query', async () => {
    const text = await print('dns.jsonl', {
      format: 'dns',
      fields: ['client', 'server', 'port', 'name', 'type', 'rcode', 'answers'],
    });
    expect(
      text
        .split('\n')
        .slice(0, 2)
        .map((row) => row.split(/ +/)),
    ).toEqual([
      ['CLIENT', 'SERVER', 'PORT', 'NAME', 'TYPE', 'RCODE', 'ANSWERS'],
      ['10.10.0.1', '10.10.0.2', '53', 'server.example.test', 'A', 'NOERROR', '10.10.0.2'],
    ]);
    const messages = fs.readFileSync(path.join(folder, 'dns.jsonl'), 'utf8').match(/"response":false/g);
    expect(text.trimEnd().split('\n')).toHaveLength(1 + (messages?.length ?? 0));
  });

  it('has a line for each handshake', async () => {
    const text = await print('https.jsonl', {
      format: 'tls',
      fields: ['version', 'sni', 'alpn', 'cipher', 'notAfter'],
    });
    expect(text.split('\n')[1].split(/ +/)).toEqual([
      '1.2',
      'server.example.test',
      'h2',
      'ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
      '2035-12-30',
    ]);
  });

  it('has a line for each request', async () => {
    const text = await print('http.jsonl', {
      format: 'http',
      fields: ['method', 'host', 'target', 'status', 'length'],
    });
    expect(
      text
        .split('\n')
        .slice(1, 3)
        .map((row) => row.split(/ +/)),
    ).toEqual([
      ['GET', '10.10.0.2', '/', '200', '96'],
      ['GET', '10.10.0.2', '/no-such-page', '404', '146'],
    ]);
  });
});
