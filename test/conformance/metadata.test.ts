import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { inspectCapture, type InspectedFlow } from '../support/inspect.js';
import { InspectedIpfix, type IpfixOptions } from '../support/inspected-ipfix.js';
import { bundled, temporaryFolder } from '../support/run-weir.js';

/** Metadata in IPFIX as other people's programs read it. */

const CAPTURES = ['http.pcap', 'https.pcap', 'dns.pcap', 'ssh.pcap', 'ftp-passive.pcap', 'dhcp.pcap', 'ntp.pcap'];
const PAYLOAD = { entropyOctets: 256, exportOctets: 64, memoryOctets: 1 << 22 };
const OUTPUT_OCTETS = 1 << 28;

function hasProgram(program: string, ...args: string[]): boolean {
  const found = spawnSync(program, args).status === 0;
  if (!found) console.log(`skipped: reading metadata with ${program} needs that program`);
  return found;
}

async function written(capture: string, options: IpfixOptions): Promise<{ file: string; json: InspectedFlow[] }> {
  const ipfix = new InspectedIpfix({ payload: PAYLOAD, ...options });
  const json = await inspectCapture(bundled(capture), { take: ipfix.take, payload: PAYLOAD });
  const file = path.join(temporaryFolder(), 'flows.ipfix');
  fs.writeFileSync(file, ipfix.finish());
  return { file, json };
}

type Json = Readonly<Record<string, unknown>>;

/** All values of a key in what inspection found. */
function valuesOf(value: unknown, key: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesOf(each, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Json).flatMap(([name, inner]) => [
    ...(name === key ? [inner].flat().map(String) : []),
    ...valuesOf(inner, key),
  ]);
}

describe.skipIf(!hasProgram('ipfixDump', '--version'))('ipfixDump of libfixbuf', () => {
  function dump(file: string): string {
    const { status, stdout, stderr } = spawnSync('ipfixDump', ['--yaf', '-i', file], {
      encoding: 'utf8',
      maxBuffer: OUTPUT_OCTETS,
    });
    expect([status, stderr]).toEqual([0, '']);
    return stdout;
  }

  /** Values of a basicList, and of plain fields. */
  function listed(text: string, element: string): string[] {
    const lists = text.split('+++ basicList +++').slice(1);
    return lists.flatMap((list) => {
      const [head, ...lines] = list.split('\n').slice(1);
      if (!new RegExp(`ie: \\([\\d/]+\\) ${element}\\b`).test(head)) return [];
      const end = lines.findIndex((line) => !/^\s+\d+ +: /.test(line));
      return lines
        .slice(0, end < 0 ? lines.length : end)
        .map((line) => line.replace(/^\s+\d+ +: (\(len: \d+\) )?/, ''));
    });
  }

  const plain = (text: string, element: string): string[] =>
    Array.from(text.matchAll(new RegExp(`^\\s+\\([\\d/]+\\)(?: \\(S\\))? +${element} : (.*)$`, 'gm')), ([, value]) =>
      value.replace(/^\(len: \d+\) ?/, ''),
    );

  it.each(CAPTURES)('reads all lists of %s', async (capture) => {
    const { file, json } = await written(capture, { profile: 'cert' });
    const text = dump(file);
    expect(plain(text, 'protocolIdentifier')).toHaveLength(json.length);
    const of = (protocol: string, key: string): string[] => json.flatMap((flow) => valuesOf(flow[protocol], key));
    expect(listed(text, 'httpHost')).toEqual(of('http', 'host'));
    expect(listed(text, 'httpUserAgent')).toEqual(of('http', 'userAgent'));
    expect(listed(text, 'httpServerString')).toEqual(of('http', 'server'));
    expect(listed(text, 'ftpUser')).toEqual(of('ftp', 'user'));
    expect(listed(text, 'ftpReturn')).toEqual(of('ftp', 'files'));
    expect(plain(text, 'sslServerName')).toEqual(json.flatMap(({ tls }) => (tls ? [(tls as Json).sni ?? ''] : [])));
    expect(plain(text, 'sslPublicKeyLength')).toEqual(of('tls', 'keyBits'));
    expect(plain(text, 'sshVersion')).toEqual(of('ssh', 'clientVersion'));
    expect(plain(text, 'sourceIPv4Address').length).toBe(
      json.filter(({ sourceIPv4Address }) => sourceIPv4Address !== undefined).length +
        json.flatMap(({ dns }) => valuesOf(dns, 'a')).length,
    );
    const entropy = json.flatMap(({ payloadEntropy, reversePayloadEntropy }) =>
      payloadEntropy || reversePayloadEntropy ? [String(payloadEntropy)] : [],
    );
    expect(plain(text, 'payloadEntropy')).toEqual(entropy);
  });

  it.each(CAPTURES)('reads flat records of %s', async (capture) => {
    const { file, json } = await written(capture, { profile: 'full' });
    const text = dump(file);
    const first = (protocol: string, key: string): string[] =>
      json.flatMap((flow) => valuesOf(flow[protocol], key).slice(0, 1));
    expect(plain(text, 'protocolIdentifier')).toHaveLength(json.length);
    expect(plain(text, 'httpRequestHost')).toEqual(first('http', 'host'));
    expect(plain(text, 'httpRequestTarget')).toEqual(first('http', 'target'));
    expect(plain(text, 'dnsQName').filter((name) => name !== '')).toEqual(first('dns', 'name'));
    expect(plain(text, 'sslServerName').filter((name) => name !== '')).toEqual(first('tls', 'sni'));
  });
});

describe.skipIf(!hasProgram('tshark', '--version'))('tshark', () => {
  const OPTIONS: readonly IpfixOptions[] = [
    { profile: 'standard' },
    { profile: 'full' },
    { profile: 'cert' },
    { profile: 'cert', uniflow: true },
    { profile: 'full', uniflow: true },
    { profile: 'cert', maxMessageOctets: 900 },
  ];

  it.each(CAPTURES.flatMap((capture) => OPTIONS.map((options) => [capture, options] as const)))(
    'finds nothing malformed in %s as %j',
    async (capture, options) => {
      const { file, json } = await written(capture, options);
      const fields = ['-T', 'fields', '-e', '_ws.malformed', '-e', 'cflow.protocol', '-E', 'separator=;'];
      const { status, stdout } = spawnSync('tshark', ['-r', file, ...fields], { encoding: 'utf8' });
      expect(status).toBe(0);
      const rows = stdout.split('\n').filter((row) => row !== '');
      expect(rows.map((row) => row.split(';')[0]).join('')).toBe('');
      const protocols = rows.flatMap((row) => row.split(';')[1].split(',')).filter((value) => value !== '');
      expect(protocols.length).toBeGreaterThanOrEqual(json.length);
    },
  );
});
