import { describe, expect, it } from 'vitest';

import { PROTOCOL_DETAILS } from '../../../../../src/export/ipfix/yaf/yaf-details.js';
import { PROTOCOL_TEMPLATES } from '../../../../../src/export/ipfix/yaf/protocol-templates.js';
import {
  allSamples,
  inspectFrames,
  inspectSample,
  type InspectedFlow,
  tcpFrames,
  udpFrames,
} from '../../../../support/inspect.js';
import { InspectedIpfix } from '../../../../support/inspected-ipfix.js';

/** YAF's structured data beside the same metadata in JSON. */

type Json = Readonly<Record<string, unknown>>;
interface List {
  readonly templateId: number;
  readonly records: readonly Json[];
}

const PAYLOAD = { entropyOctets: 64, exportOctets: 16, memoryOctets: 1 << 20 };

function listsOf(flow: Json): readonly List[] {
  return (flow.subTemplateMultiList as { readonly lists: readonly List[] }).lists;
}

/** The record of a Template in the list of a flow. */
function recordOf(flow: Json, templateId: number): Json | undefined {
  return listsOf(flow).find((list) => list.templateId === templateId)?.records[0];
}

/** Values of the basicList of an element, wherever in the record it stands. */
function basicList(record: Json, element: string): readonly unknown[] | undefined {
  for (const value of Object.values(record).flat()) {
    const list = value as { readonly element?: string; readonly values?: readonly unknown[] } | null;
    if (list?.element === element) return list.values;
  }
  return undefined;
}

function subList(record: Json, name = 'subTemplateList'): readonly Json[] {
  return [record[name]].flat().flatMap((list) => (list as List).records);
}

const at = (flow: InspectedFlow, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Json | undefined)?.[key], flow);

/** Values of a member of all objects of a list. */
function members(list: unknown, key: string): unknown[] {
  return ((list ?? []) as readonly Json[]).flatMap((each) => each[key] ?? []);
}

const texts = (values: unknown): string[] => [values ?? []].flat().map(String);

/** What a record of YAF's must have, by label, said once more by way of JSON. */
const CHECKS: Readonly<Record<string, readonly [id: number, check: (record: Json, flow: InspectedFlow) => void]>> = {
  http: [
    0xc600,
    (record, flow) => {
      const { requests = [], responses = [] } = flow.http as {
        requests?: readonly Json[];
        responses?: readonly Json[];
      };
      expect(basicList(record, 'httpGet')).toEqual(
        requests.map(({ method, target }) =>
          ([method, target] as (string | undefined)[]).filter((each) => each !== undefined).join(' '),
        ),
      );
      expect(basicList(record, 'httpResponse')).toHaveLength(responses.length);
      expect(basicList(record, 'httpHost')).toEqual(members(requests, 'host'));
      expect(basicList(record, 'httpCookie')).toEqual(members(requests, 'cookie'));
      expect(basicList(record, 'httpServerString')).toEqual(members(responses, 'server'));
    },
  ],
  tls: [
    0xca0a,
    (record, flow) => {
      const {
        sni = '',
        ja3,
        cipher = 0,
        ciphers = '',
        certificates = [],
      } = flow.tls as Json & {
        certificates?: readonly Json[];
      };
      expect(record).toMatchObject({ sslServerName: sni, sslServerCipher: cipher });
      expect(record.sslClientJA3).toBe(ja3 ?? '0'.repeat(32));
      const suites = (String(ciphers).match(/.{4}/g) ?? []).map((suite) => Number.parseInt(suite, 16));
      expect(basicList(record, 'sslCipher')).toEqual(suites);
      const records = subList(record);
      expect(records).toHaveLength(certificates.length);
      certificates.forEach(({ serial = '', keyBits = 0, sha1 = '' }, n) => {
        expect(records[n]).toMatchObject({
          sslCertSerialNumber: serial,
          sslPublicKeyLength: keyBits,
          sslCertificateHash: sha1,
        });
      });
    },
  ],
  dns: [
    0xce00,
    (record, flow) => {
      const { messages } = flow.dns as { messages: readonly Json[] };
      const wanted = messages.flatMap(({ id, response, rcode = 0, questions, answers, authorities, additionals }) => {
        const sections = [questions, answers, authorities, additionals] as (readonly Json[] | undefined)[];
        return sections.flatMap((section, n) =>
          n === 0 && response === true && rcode === 0
            ? []
            : (section ?? []).flatMap(({ name = '', type = 0, ttl = 0 }) =>
                type === 41 ? [] : [{ dnsID: id, dnsRRSection: n, dnsQName: name, dnsQRType: type, dnsTTL: ttl }],
              ),
        );
      });
      const given = subList(record);
      expect(given).toHaveLength(wanted.length);
      wanted.forEach((each, n) => expect(given[n]).toMatchObject(each));
    },
  ],
  ssh: [
    0xcc01,
    (record, flow) => {
      const { clientVersion = '', serverVersion = '', hassh } = flow.ssh as Json;
      expect(record).toMatchObject({ sshVersion: clientVersion, sshServerVersion: serverVersion });
      expect(record.sshHassh).toBe(hassh ?? '0'.repeat(32));
      const [client, server] = [at(flow, 'ssh.clientAlgorithms'), at(flow, 'ssh.serverAlgorithms')] as (
        Json | undefined
      )[];
      const names = (side: Json | undefined): string[] => ((side?.keyExchange ?? '') as string).split(',');
      const agreed = names(client).find((name) => names(server).includes(name)) ?? '';
      expect(record.sshKeyExchangeAlgorithm).toBe(client && server ? agreed : '');
    },
  ],
  smtp: [
    0xcb01,
    (record, flow) => {
      const { from, to, subject, hello, startTls = false } = flow.smtp as Json;
      expect(record).toMatchObject({ smtpHello: texts(hello)[0] ?? '', smtpStartTLS: Number(startTls) });
      const mails = subList(record, 'smtpMessageList');
      expect(mails).toHaveLength([from, to, subject].some((each) => each !== undefined) ? 1 : 0);
      if (mails.length === 0) return;
      expect(basicList(mails[0], 'smtpFrom')).toEqual(texts(from));
      expect(basicList(mails[0], 'smtpTo')).toEqual(texts(to));
      expect(mails[0].smtpSubject).toBe(texts(subject)[0] ?? '');
    },
  ],
  ftp: [
    0xc700,
    (record, flow) => {
      expect(basicList(record, 'ftpUser')).toEqual(texts(at(flow, 'ftp.user')));
      expect(basicList(record, 'ftpPass')).toEqual(texts(at(flow, 'ftp.password')));
      expect(basicList(record, 'ftpReturn')).toEqual(texts(at(flow, 'ftp.files')));
    },
  ],
  imap: [0xc800, (record, flow) => expect(basicList(record, 'imapCommand')).toEqual(texts(at(flow, 'imap.commands')))],
  nntp: [0xcd00, (record, flow) => expect(basicList(record, 'nntpCommand')).toEqual(texts(at(flow, 'nntp.commands')))],
  irc: [0xc200, (record, flow) => expect(basicList(record, 'ircTextMessage')).toEqual(texts(at(flow, 'irc.messages')))],
  pop3: [
    0xc300,
    (record, flow) =>
      expect(basicList(record, 'pop3TextMessage')).toEqual([
        ...texts(at(flow, 'pop3.commands')),
        ...texts(at(flow, 'pop3.messages')),
      ]),
  ],
  sip: [
    0xca00,
    (record, flow) =>
      expect(basicList(record, 'sipCommand')).toEqual(texts(members(at(flow, 'sip.messages'), 'method'))),
  ],
  rtsp: [
    0xc900,
    (record, flow) =>
      expect(basicList(record, 'rtspReturnCode')).toEqual(texts(members(at(flow, 'rtsp.responses'), 'status'))),
  ],
  tftp: [0xc400, (record, flow) => expect(record.tftpFilename).toBe(texts(at(flow, 'tftp.filename'))[0] ?? '')],
  slp: [0xc500, (record, flow) => expect(basicList(record, 'slpString')).toEqual(texts(at(flow, 'slp.strings')))],
  mysql: [
    0xce0c,
    (record, flow) => {
      const { username = '', commands = [] } = flow.mysql as Json & { commands?: readonly Json[] };
      expect(record.mysqlUsername).toBe(username);
      expect(subList(record)).toEqual(
        commands.map(({ text = '', code = 0 }) => ({ mysqlCommandText: text, mysqlCommandCode: code })),
      );
    },
  ],
  dnp3: [
    0xc202,
    (record, flow) => {
      const { source = 0, functions = [] } = flow.dnp3 as Json & { functions?: readonly number[] };
      expect(subList(record).map(({ dnp3SourceAddress, dnp3Function }) => [dnp3SourceAddress, dnp3Function])).toEqual(
        functions.map((code) => [source, code]),
      );
    },
  ],
  modbus: [0xc204, (record, flow) => expect(basicList(record, 'modbusData')).toEqual(texts(at(flow, 'modbus.data')))],
  enip: [0xc205, (record, flow) => expect(basicList(record, 'ethernetIPData')).toEqual(texts(at(flow, 'enip.data')))],
  rtp: [
    0xc206,
    (record, flow) =>
      expect(record.rtpPayloadType).toBe((at(flow, 'rtp.payloadTypes') as number[] | undefined)?.[0] ?? 0),
  ],
  dhcp: [
    0xc208,
    (record, flow) => {
      const [list = ''] = members(at(flow, 'dhcp.messages'), 'parameterList') as string[];
      expect(basicList(record, 'dhcpOption')).toEqual(
        (list.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16)),
      );
    },
  ],
};

const samples = await allSamples();
const seen = new Set<string>();

describe("YAF's lists", () => {
  it('have ids of their own', () => {
    const ids = PROTOCOL_DETAILS.map(({ templates }) => templates[0].id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(PROTOCOL_DETAILS.flatMap(({ protocols }) => protocols).sort()).toEqual(
      Object.keys(PROTOCOL_TEMPLATES).sort(),
    );
  });

  it.each(samples.map(([file, sample]) => [`${file}: ${sample.name}`, sample] as const))(
    'have what JSON has: %s',
    async (_, sample) => {
      const ipfix = new InspectedIpfix({ profile: 'cert', payload: PAYLOAD });
      const json = await inspectSample(sample, {}, { take: ipfix.take, payload: PAYLOAD });
      const { flows, problems } = ipfix.read();
      expect(problems).toEqual([]);
      expect(flows).toHaveLength(json.length);
      json.forEach((flow, n) => {
        const ids = new Set(listsOf(flows[n]).map(({ templateId }) => templateId));
        const protocols = Object.keys(PROTOCOL_TEMPLATES).filter((name) => flow[name] !== undefined);
        const wanted = PROTOCOL_DETAILS.filter((each) => each.protocols.some((name) => protocols.includes(name)));
        for (const { templates } of wanted) expect(ids).toContain(templates[0].id);
        expect([...ids].filter((id) => ![0xc002, 0xc012, 0xc008, 0xc018].includes(id))).toHaveLength(wanted.length);
        for (const [name, [id, check]] of Object.entries(CHECKS)) {
          const record = recordOf(flows[n], id);
          if (flow[name] === undefined || record === undefined) continue;
          seen.add(name);
          check(record, flow);
        }
        const { payload = '', reversePayload = '', payloadEntropy = 0 } = flow as Json;
        const both = recordOf(flows[n], 0xc018);
        const only = recordOf(flows[n], 0xc008);
        expect(both?.payload ?? only?.payload ?? '').toBe(payload);
        expect(both?.reversePayload ?? '').toBe(reversePayload);
        const entropy = recordOf(flows[n], 0xc012) ?? recordOf(flows[n], 0xc002);
        expect(entropy?.payloadEntropy ?? 0).toBe(payloadEntropy);
      });
    },
  );

  it('were looked at for all protocols', () => {
    expect(Object.keys(CHECKS).filter((name) => !seen.has(name))).toEqual([]);
  });

  it('are empty for flows without metadata', async () => {
    const ipfix = new InspectedIpfix({ profile: 'cert' });
    await inspectFrames(tcpFrames([['client', Uint8Array.of(1, 2, 3)]]), { take: ipfix.take });
    const { flows } = ipfix.read();
    expect(flows[0].subTemplateMultiList).toEqual({ semantic: 'allOf', lists: [] });
  });

  it('tell both directions of uniflows in turn', async () => {
    const options = { profile: 'cert', payload: PAYLOAD, uniflow: true };
    const ipfix = new InspectedIpfix(options);
    const frames = udpFrames([
      ['client', 'abcd'],
      ['server', 'wxyyzzzz'],
    ]);
    const [flow] = await inspectFrames(frames, { take: ipfix.take, payload: PAYLOAD });
    const { flows, problems } = ipfix.read();
    expect(problems).toEqual([]);
    expect(flows.map((each) => recordOf(each, 0xc008))).toEqual([
      { payload: '61626364' },
      { payload: '777879797a7a7a7a' },
    ]);
    expect(flows.map((each) => recordOf(each, 0xc002))).toEqual([
      { payloadEntropy: flow.payloadEntropy },
      { payloadEntropy: flow.reversePayloadEntropy },
    ]);
  });

  it.each([512, 700, 1_400, 9_000, 65_535])('fit messages of %i octets', async (maxMessageOctets) => {
    const requests = Array.from(
      { length: 8 },
      (_, n) => `GET /${n}/${'x'.repeat(280)} HTTP/1.1\r\nHost: h${n}\r\n\r\n`,
    );
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
    const frames = tcpFrames(
      requests.flatMap((request) => [['client', request] as const, ['server', answer] as const]),
    );
    const ipfix = new InspectedIpfix({ profile: 'cert', maxMessageOctets });
    await inspectFrames(frames, { take: ipfix.take });
    const { flows, problems } = ipfix.read();
    expect(problems).toEqual([]);
    for (const message of ipfix.messages) expect(message.length).toBeLessThanOrEqual(maxMessageOctets);
    const record = recordOf(flows[0], 0xc600);
    const given = (record === undefined ? [] : basicList(record, 'httpGet')) ?? [];
    const all = requests.map((request) => request.slice(0, request.indexOf(' HTTP')));
    given.forEach((text, n) => expect(all[n].startsWith(String(text))).toBe(true));
    const isWhole = given.length === all.length && given.every((text, n) => text === all[n]);
    expect(isWhole).toBe(maxMessageOctets > 4_000);
    expect(ipfix.file.shortened > 0).toBe(!isWhole);
  });

  it('are octet by octet those of RFC 6313', async () => {
    const listIn = async (frames: Parameters<typeof inspectFrames>[0]): Promise<string> => {
      const ipfix = new InspectedIpfix({ profile: 'cert' });
      await inspectFrames(frames, { take: ipfix.take });
      return ipfix.finish().toString('hex');
    };
    const request = '\0\x01file\0octet\0';
    // The list and its length, allOf; Template and length of its records; two texts.
    const tftp = `ff001003${'c400000f'}${'0466696c65'}${'056f63746574'}`;
    expect(await listIn(udpFrames([['client', request]], { serverPort: 69 }))).toContain(tftp);

    const question = '\x01a\x01b\0\0\x01\0\x01';
    const record = '\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x01\x02\x03\x04';
    const frames = udpFrames(
      [
        ['client', `\x12\x34\x01\0\0\x01\0\0\0\0\0\0${question}`],
        ['server', `\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0${question}${record}`],
      ],
      { serverPort: 53 },
    );
    // Typed list, name, TTL, type, response, authoritative, rcode, section, id.
    const asked = `ff000303ce01${'03612e62'}${'00000000'}${'0001'}${'00000000'}${'1234'}`;
    const answered = `ff000703ce0101020304${'03612e62'}${'0000003c'}${'0001'}${'01000001'}${'1234'}`;
    expect(await listIn(frames)).toContain(`ff003b03${'ce00003a'}${'ff003303cf00'}${asked}${answered}`);
  });

  it.each([253, 254, 255, 256, 257])('have texts of %i octets right', async (length) => {
    const target = `/${'y'.repeat(length - 5)}`;
    const ipfix = new InspectedIpfix({ profile: 'cert' });
    await inspectFrames(tcpFrames([['client', `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`]]), { take: ipfix.take });
    const { flows } = ipfix.read();
    const record = recordOf(flows[0], 0xc600) ?? {};
    expect(basicList(record, 'httpGet')).toEqual([`GET ${target}`]);
    expect(String(basicList(record, 'httpGet')?.[0])).toHaveLength(length);
  });
});
