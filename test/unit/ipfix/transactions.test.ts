import { describe, expect, it } from 'vitest';

import { InformationModel } from '../../../src/ipfix/information-model.js';
import { printSettingsFault } from '../../../src/ipfix/print/print-session.js';
import { transactionsOf } from '../../../src/ipfix/print/transactions.js';

describe('transactions', () => {
  it('are queries with their answers, in the order of the queries', () => {
    const message = (id: number, response: boolean, rest: object): object => ({
      id,
      response,
      questions: [{ name: `n${id}.example.test`, type: 1 }],
      ...rest,
    });
    const messages = [
      message(1, false, { time: '2026-01-01T00:00:00.000Z' }),
      message(2, false, {}),
      message(1, true, {
        rcode: 0,
        latencyUs: 1_500,
        answers: [
          { type: 1, a: '192.0.2.1' },
          { type: 1, a: '192.0.2.2' },
        ],
      }),
      message(3, true, { rcode: 3 }),
      { id: 0, response: true, rcode: 0, answers: [{ name: 'p.local', type: 12, target: 'x.p.local' }] },
    ];
    expect(transactionsOf('dns', { dns: { messages } })).toEqual([
      {
        time: '2026-01-01T00:00:00.000Z',
        id: '1',
        name: 'n1.example.test',
        type: 'A',
        rcode: 'NOERROR',
        latency: '1.500',
        answers: '192.0.2.1,192.0.2.2',
      },
      { time: '', id: '2', name: 'n2.example.test', type: 'A' },
      { time: '', id: '3', name: 'n3.example.test', type: 'A', rcode: 'NXDOMAIN', latency: '', answers: '' },
      { time: '', id: '0', name: 'p.local', type: 'PTR', rcode: 'NOERROR', latency: '', answers: 'x.p.local' },
    ]);
  });

  it('are requests with their final answers', () => {
    const requests = [
      { method: 'PUT', target: '/a' },
      { method: 'GET', target: '/b' },
    ];
    const responses = [{ status: 100 }, { status: 201 }, { status: 404, contentType: 'text/html' }];
    const found = transactionsOf('http', { http: { requests, responses } });
    expect(found.map(({ target, status, type }) => [target, status, type])).toEqual([
      ['/a', '201', ''],
      ['/b', '404', 'text/html'],
    ]);
  });

  it('are read from elements of a record, and of records in its lists', () => {
    const flat = {
      sourceTransportPort: 1,
      httpRequestMethod: 'GET',
      httpRequestHost: 'example.test',
      httpStatusCode: 200,
    };
    expect(transactionsOf('http', flat)).toMatchObject([{ method: 'GET', host: 'example.test', status: '200' }]);
    const records = [
      { dnsQName: 'example.test', dnsQRType: 28, dnsNXDomain: 3, dnsID: 7 },
      { dnsQName: 'b', dnsQRType: 1 },
    ];
    expect(transactionsOf('dns', { subTemplateMultiList: { entries: [{ records }] } })).toMatchObject([
      { id: '7', name: 'example.test', type: 'AAAA', rcode: 'NXDOMAIN' },
      { name: 'b', type: 'A' },
    ]);
    expect(transactionsOf('tls', { sslServerName: 'example.test', sslServerCipher: 0x1301 })).toMatchObject([
      { sni: 'example.test', cipher: 'AES_128_GCM_SHA256' },
    ]);
  });

  it('are none in a record of something else', () => {
    for (const kind of ['dns', 'tls', 'http'] as const)
      expect(transactionsOf(kind, { ssh: { hassh: '' } })).toEqual([]);
  });

  it('have columns of their own', () => {
    const settings = { format: 'dns', fields: ['name', 'sni'], sort: null, limit: null, options: false } as const;
    expect(printSettingsFault(settings, new InformationModel())).toMatch(/no column 'sni', only time, client/);
  });
});
