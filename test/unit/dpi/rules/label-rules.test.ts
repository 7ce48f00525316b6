import { describe, expect, it } from 'vitest';

import { DecodedBatch } from '../../../../src/decode/decoded-batch.js';
import { BatchDecoder } from '../../../../src/decode/decode-batch.js';
import type { DpiSettings } from '../../../../src/dpi/dpi-settings.js';
import { REGISTRY } from '../../../../src/dpi/registry.js';
import { clientHello } from '../../../support/client-hello.js';
import { batchOf, type Frame, settingsOf } from '../../../support/decode.js';
import { type InspectedFlow, inspectFrames, type Message, tcpFrames, udpFrames } from '../../../support/inspect.js';
import { rulesOf } from '../../../support/label-rules.js';
import { ethernet } from '../../../support/link-frames.js';
import { data, ipv4, ipv6, tcp, udp } from '../../../support/packets.js';

const ENGINE = 6 << 24;
const REQUEST = 'GET / HTTP/1.1\r\nHost: www.Example.COM:8080\r\n\r\n';

async function flowOf(
  frames: readonly Frame[],
  rules: string,
  more: Partial<DpiSettings> = {},
): Promise<InspectedFlow> {
  const [flow] = await inspectFrames(frames, { metadata: [], rules: rulesOf(rules), ...more });
  return flow;
}

/** The path of a conversation's flow. */
async function pathOf(messages: readonly Message[], rules: string, serverPort = 9): Promise<string | undefined> {
  return (await flowOf(tcpFrames(messages, { serverPort }), rules)).applicationPath;
}

describe('hosts', () => {
  it('are found in a request, in any case, with a port behind', async () => {
    const flow = await flowOf(tcpFrames([['client', REQUEST]]), '  - {name: shop, number: 65001, hosts: example.com}');
    expect(flow).toMatchObject({
      applicationPath: 'http.shop',
      applicationName: 'shop',
      // The protocol keeps its number where YAF has it, the application has that of the rule.
      silkAppLabel: 80,
      applicationId: (ENGINE | 65_001).toString(16).padStart(8, '0'),
    });
  });

  it('are found in a ClientHello, with metadata and without', async () => {
    const frames = tcpFrames([['client', clientHello()]]);
    const rules = '  - {name: test-site, hosts: example.test}';
    expect((await flowOf(frames, rules)).applicationPath).toBe('tls.test-site');
    const flow = await flowOf(frames, rules, { metadata: ['tls'] });
    expect(flow).toMatchObject({ applicationPath: 'tls.test-site', tls: { sni: 'server.example.test' } });
  });

  it.each([
    ['example.com', 'http.it'],
    ['www.example.com', 'http.it'],
    ['com', 'http.it'],
    ['ample.com', 'http'],
    ['example.co', 'http'],
    ['a.www.example.com', 'http'],
  ])('match where labels begin: %s', async (host, path) => {
    expect(await pathOf([['client', REQUEST]], `  - {name: it, hosts: [${host}]}`)).toBe(path);
  });

  it('are for the rule of the longest suffix, then for the first rule whose ends fit', async () => {
    const rules = `
  - {name: wide, hosts: [example.com, com]}
  - {name: elsewhere, hosts: www.example.com, networks: 192.0.2.0/24}
  - {name: narrow, hosts: www.example.com, ports: tcp/9}
  - {name: later, hosts: www.example.com}
`;
    expect(await pathOf([['client', REQUEST]], rules)).toBe('http.narrow');
    expect(await pathOf([['client', REQUEST]], rules, 10)).toBe('http.later');
    expect(
      await pathOf(
        [['client', REQUEST]],
        rules.replaceAll('tcp/9}', 'udp/9}').replace('name: later, hosts: www', 'name: later, hosts: w'),
      ),
    ).toBe('http.wide');
  });

  it('count from the first request of a connection', async () => {
    const second = REQUEST.replace('www.Example.COM', 'other.test');
    const messages: Message[] = [
      ['client', REQUEST],
      ['server', 'HTTP/1.1 204 No Content\r\n\r\n'],
      ['client', second],
    ];
    const rules = '  - {name: one, hosts: example.com}\n  - {name: two, hosts: other.test}';
    expect((await flowOf(tcpFrames(messages), rules, { metadata: ['http'] })).applicationPath).toBe('http.one');
  });

  it('give the label of a protocol when the rule is called so', async () => {
    const flow = await flowOf(tcpFrames([['client', REQUEST]]), '  - {name: zoom, hosts: example.com}');
    expect(flow).toMatchObject({ applicationPath: 'http.zoom', applicationName: 'zoom' });
    expect(flow.applicationId).toBe((ENGINE | (REGISTRY.named('zoom')?.label ?? 0)).toString(16).padStart(8, '0'));
  });

  it('that are no names are harmless', async () => {
    for (const host of [
      '',
      '.',
      '..',
      ':',
      'a'.repeat(400),
      '\xff\xfe',
      '[2001:db8::1]:80',
      `${'a.'.repeat(130)}com`,
    ]) {
      const request = REQUEST.replace('www.Example.COM:8080', host);
      expect(await pathOf([['client', request]], '  - {name: it, hosts: example.com}')).toBe('http');
    }
  });
});

describe('payload', () => {
  const hello: readonly Message[] = [
    ['client', 'HELLO 7\n'],
    ['server', 'WORLD 42\n'],
  ];

  it.each([
    ['prefix: HELLO', 'it'],
    ['prefix: WORLD', 'it'],
    ['prefix: ELLO', undefined],
    ['prefix: {at: 1, text: ELLO}', 'it'],
    ['prefix: {at: 6, hex: 37 0a}', 'it'],
    ['prefix: {at: 7, hex: 0a 00}', undefined],
    ['prefix: [HELLO, {at: 6, text: "7"}]', 'it'],
    ['prefix: [HELLO, {at: 6, text: "8"}]', undefined],
    ['prefix: HELLO, direction: server', undefined],
    ['prefix: WORLD, direction: server', 'it'],
    ['prefix: WORLD, direction: client', undefined],
    ["expression: '^WORLD [0-9]+$'", undefined],
    ["expression: '^WORLD [0-9]+\\n$'", 'it'],
    ["expression: '(?i)^hello', direction: client", 'it'],
    ["prefix: HELLO, expression: '[0-9]'", 'it'],
    ["prefix: HELLO, expression: '[89]'", undefined],
    ['prefix: HELLO, ports: tcp/9', 'it'],
    ['prefix: HELLO, ports: [udp/9, 10-99]', undefined],
    ['prefix: HELLO, networks: 10.0.0.2', 'it'],
    ['prefix: HELLO, networks: 192.0.2.0/24', undefined],
  ])('%s', async (conditions, path) => {
    expect(await pathOf(hello, `  - {name: it, ${conditions}}`)).toBe(path);
  });

  it('of a datagram is looked at as well, and the label stands behind that of a protocol', async () => {
    const frames = udpFrames([['client', 'M-SEARCH * HTTP/1.1\r\nST: x\r\nMAN: "ssdp:discover"\r\n\r\n']], {
      serverPort: 1_900,
    });
    const plain = (await flowOf(frames, '  - {name: it, prefix: nothing}')).applicationPath;
    expect(plain).toBe('ssdp');
    expect((await flowOf(frames, '  - {name: it, prefix: M-SEARCH}')).applicationPath).toBe('ssdp.it');
  });

  it('is that of the first packet of a direction, and the first rule in the list counts', async () => {
    const messages: Message[] = [
      ['client', 'ONE'],
      ['client', 'TWO'],
    ];
    expect(await pathOf(messages, '  - {name: it, prefix: TWO}')).toBeUndefined();
    expect(await pathOf(messages, '  - {name: b, prefix: ONE}\n  - {name: a, prefix: O}')).toBe('b');
    expect(await pathOf(messages, '  - {name: a, prefix: O}\n  - {name: b, prefix: ONE}')).toBe('a');
  });

  it('waits for the host when the rule asks for both', async () => {
    const rule = (prefix: string): string => `  - {name: it, prefix: '${prefix}', hosts: example.com}`;
    expect(await pathOf([['client', REQUEST]], rule('GET'))).toBe('http.it');
    expect(await pathOf([['client', REQUEST]], rule('PUT'))).toBe('http');
    expect(await pathOf([['client', 'GET nothing']], rule('GET'))).toBeUndefined();
  });

  it('gives the number where inspection knows no protocol', async () => {
    const flow = await flowOf(tcpFrames(hello), '  - {name: it, number: 65002, prefix: HELLO}');
    expect(flow).toMatchObject({
      silkAppLabel: 65_002,
      applicationId: (ENGINE | 65_002).toString(16).padStart(8, '0'),
    });
  });
});

describe('the ends of a flow', () => {
  const v6 = [
    ethernet(
      ipv6(
        { src: '2001:db8:ff::1', dst: '2001:db8::2' },
        tcp({ sport: 40_000, dport: 9, flags: 2, sequence: 1 }, data(new Uint8Array(0))),
      ),
    ),
  ];

  it.each([
    ['10.0.0.0/8', 'it'],
    ['[192.0.2.0/24, 10.0.0.2/32]', 'it'],
    ['[10.0.0.4/30, 10.0.0.0/31, 9.0.0.0/8]', 'it'],
    ['0.0.0.0/0', 'it'],
    ['[10.0.0.4/30, 11.0.0.0/8, 128.0.0.0/1]', undefined],
    ["'::/0'", undefined],
  ])('lie in networks: %s', async (networks, path) => {
    expect(await pathOf([['client', 'x']], `  - {name: it, networks: ${networks}}`)).toBe(path);
  });

  it.each([
    ["'2001:db8::/32'", 'it'],
    ["['2001:db8:fe::/47', '2001:db8:1::/48']", 'it'],
    ["['2001:db8:1::/48', '2001:db7::/32', 'fe80::/10', '::/3']", undefined],
    ["['::1', '2001:db8::2']", 'it'],
    ['0.0.0.0/0', undefined],
  ])('lie in networks of IPv6: %s', async (networks, path) => {
    expect((await flowOf(v6, `  - {name: it, networks: ${networks}}`)).applicationPath).toBe(path);
  });

  it('stand behind what the flow tells itself', async () => {
    const rules = '  - {name: net, networks: 10.0.0.0/8}\n  - {name: site, hosts: example.com}';
    expect(await pathOf([['client', REQUEST]], rules)).toBe('http.site');
    expect(await pathOf([['client', REQUEST.replace('Example', 'Other')]], rules)).toBe('http.net');
  });

  it('are looked at for ports alone only when that is asked for, and where nothing else gives a label', async () => {
    const rules = '  - {name: it, ports: 5-9}';
    const frames = tcpFrames([['client', 'x']]);
    expect((await flowOf(frames, rules)).applicationPath).toBeUndefined();
    expect((await flowOf(frames, rules, { labelByPort: true })).applicationPath).toBe('it');
    const known = tcpFrames([['client', REQUEST]]);
    expect((await flowOf(known, rules, { labelByPort: true })).applicationPath).toBe('http');
    // The rule goes before the registered port.
    const syslog = udpFrames([['client', 'x']], { serverPort: 123 });
    expect((await flowOf(syslog, '  - {name: it, ports: udp/123}', { labelByPort: true })).applicationPath).toBe('it');
    expect((await flowOf(syslog, '  - {name: it, ports: tcp/123}', { labelByPort: true })).applicationPath).toBe('ntp');
  });
});

const RESOLVER = '10.9.9.9';

/** An answer of DNS in a frame. */
function answer(
  host: string,
  addresses: readonly string[],
  { ttl = 300, flags = 0x8180, client = '10.0.0.1' } = {},
): Frame {
  const name = Buffer.concat([
    ...host.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)),
    Buffer.of(0),
  ]);
  const header = Buffer.alloc(12);
  [7, flags, 1, addresses.length + 1].forEach((value, n) => header.writeUInt16BE(value, 2 * n));
  const record = (type: number, value: Buffer): Buffer => {
    const fixed = Buffer.alloc(12);
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(type, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt32BE(ttl, 6);
    fixed.writeUInt16BE(value.length, 10);
    return Buffer.concat([fixed, value]);
  };
  const records = [
    record(5, Buffer.of(0xc0, 0x0c)),
    ...addresses.map((each) => record(1, Buffer.from(each.split('.').map(Number)))),
  ];
  const message = Buffer.concat([header, name, Buffer.of(0, 1, 0, 1), ...records]);
  return ethernet(
    ipv4({ src: RESOLVER, dst: client }, udp({ sport: 53, dport: 5_353 + 1 }, data(Uint8Array.from(message)))),
  );
}

describe('answers of DNS', () => {
  const rules = '  - {name: shop, hosts: example.com}\n  - {name: other, hosts: other.test}';
  const connection = tcpFrames([['client', 'what nobody knows']]);
  const pathTo = async (...frames: Frame[]): Promise<string | undefined> => {
    const flows = await inspectFrames(frames, { metadata: [], rules: rulesOf(rules) });
    return flows.find(({ protocolIdentifier }) => protocolIdentifier === 6)?.applicationPath;
  };

  it('name the service of an address that a later flow goes to', async () => {
    expect(await pathTo(answer('www.example.com', ['192.0.2.1', '10.0.0.2']), ...connection)).toBe('shop');
    expect(await pathTo(...connection, answer('www.example.com', ['10.0.0.2']))).toBeUndefined();
    expect(await pathTo(answer('www.example.com', ['10.0.0.3']), ...connection)).toBeUndefined();
    expect(await pathTo(answer('example.org', ['10.0.0.2']), ...connection)).toBeUndefined();
  });

  it('count for whom they are not meant, but not when they are failures or questions', async () => {
    expect(await pathTo(answer('example.com', ['10.0.0.2'], { client: '10.7.7.7' }), ...connection)).toBe('shop');
    expect(await pathTo(answer('example.com', ['10.0.0.2'], { flags: 0x8183 }), ...connection)).toBeUndefined();
    expect(await pathTo(answer('example.com', ['10.0.0.2'], { flags: 0x0100 }), ...connection)).toBeUndefined();
  });

  it('give way to the name that the flow tells', async () => {
    const told = (host: string): Frame[] => tcpFrames([['client', REQUEST.replace('www.Example.COM', host)]]);
    expect(await pathTo(answer('example.com', ['10.0.0.2']), ...told('a.other.test'))).toBe('http.other');
    expect(await pathTo(answer('example.com', ['10.0.0.2']), ...told('unlisted.test'))).toBe('http');
    expect(await pathTo(answer('example.com', ['10.0.0.2']), ...told('b.example.com'))).toBe('http.shop');
  });

  it('are noted by a worker that does not meter them', () => {
    const frames = [answer('example.com', ['10.0.0.2'])];
    for (const worker of [0, 1]) {
      const decoded = new DecodedBatch(4);
      new BatchDecoder(settingsOf({ answers: true, workers: 2, worker })).decode(batchOf(frames), 0, 1, decoded);
      expect(decoded.answers).toBe(1);
    }
    const rows = [0, 1].map((worker) => {
      const decoded = new DecodedBatch(4);
      new BatchDecoder(settingsOf({ answers: true, workers: 2, worker })).decode(batchOf(frames), 0, 1, decoded);
      return decoded.count;
    });
    expect(rows.sort()).toEqual([0, 1]);
  });
});
