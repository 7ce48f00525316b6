import { describe, expect, it } from 'vitest';

import { compileFilter } from '../../../src/export/filter/filter-compiler.js';
import { OUTPUT_OPTIONS, optionText, type OptionName } from '../../../src/export/output-options.js';
import { parseOutput } from '../../../src/export/output-spec.js';

/** The text of an output, and what is understood. */

function one(text: string): unknown {
  const { policy, members } = parseOutput(text);
  expect(policy).toBe('single');
  const { format, compression, target, options } = members[0];
  return { format, compression, target, options };
}

describe('the place of an output', () => {
  it.each([
    ['-', 'json', { kind: 'stdout' }],
    ['ipfix+file:-', 'ipfix', { kind: 'stdout' }],
    ['csv+file:flows.txt', 'csv', { kind: 'file', path: 'flows.txt' }],
    ['/var/flows/day.ipfix', 'ipfix', { kind: 'file', path: '/var/flows/day.ipfix' }],
    ['a%3Fb%7Cc%20d.csv', 'csv', { kind: 'file', path: 'a?b|c d.csv' }],
    ['%Y/%d/100%%-%25.csv', 'csv', { kind: 'file', path: '%Y/%d/100%%-%%.csv' }],
    ['ipfix+udp://collector', 'ipfix', { kind: 'udp', host: 'collector', port: 4739 }],
    ['ipfix+tcp://192.0.2.1:9995', 'ipfix', { kind: 'tcp', host: '192.0.2.1', port: 9995 }],
    ['IPFIX+TLS://[2001:db8::1]', 'ipfix', { kind: 'tls', host: '2001:db8::1', port: 4740 }],
    ['netflow9+udp://[::1]:99', 'netflow9', { kind: 'udp', host: '::1', port: 99 }],
    ['netflow5+udp://h', 'netflow5', { kind: 'udp', host: 'h', port: 2055 }],
    ['json+tcp://h:514', 'json', { kind: 'tcp', host: 'h', port: 514 }],
    ['nats://h/flows.eth1', 'json', { kind: 'nats', host: 'h', port: 4222, subject: 'flows.eth1' }],
    ['json+nats://h:1/a', 'json', { kind: 'nats', host: 'h', port: 1, subject: 'a' }],
    ['redis://[::1]:1234/a%2Fb', 'json', { kind: 'redis', host: '::1', port: 1234, stream: 'a/b' }],
  ])('%s', (text, format, target) => {
    const isFile = ['file', 'stdout'].includes(target.kind);
    const options = format === 'ipfix' && isFile ? { profile: 'full' } : {};
    expect(one(text)).toEqual({ format, compression: null, target, options });
  });

  it('is compressed by its ending, or by the option, which adds the ending', () => {
    expect(one('day.csv.gz')).toMatchObject({ compression: 'gz', target: { path: 'day.csv.gz' } });
    expect(one('day.csv?compress=zst')).toMatchObject({ compression: 'zst', target: { path: 'day.csv.zst' } });
    expect(one('day.csv.zst?compress=zst')).toMatchObject({ compression: 'zst', target: { path: 'day.csv.zst' } });
  });
});

describe('the options of an output', () => {
  it.each([
    ['day.csv?', {}],
    ['day.csv?uniflow', { uniflow: true }],
    ['day.csv?uniflow=false&time=us', { uniflow: false, time: 'us' }],
    [
      '-?biflow&fields=octetDeltaCount,%20packetDeltaCount',
      { biflow: true, fields: ['octetDeltaCount', 'packetDeltaCount'] },
    ],
    ['day.csv?filter=tcp %26%26 port 443', { filter: compileFilter('tcp and port 443') }],
    [
      'day.csv?rotate=5m&fsync=close&lock&on-rotate=gzip {}',
      { rotate: { by: 'time', intervalMs: 300_000 }, fsync: 'close', lock: true, onRotate: ['gzip', '{}'] },
    ],
    ['day.csv?rotate=100M', { rotate: { by: 'size', octets: 104_857_600 } }],
    ['ipfix+tls://h?ca=a&cert=b&key=c&servername=d', { ca: 'a', cert: 'b', key: 'c', servername: 'd' }],
    [
      'ipfix+udp://h?templates=30s&rate=1000&message-size=1200&domain=7',
      { templates: 30_000, rate: 1000, messageSize: 1200, domain: 7 },
    ],
    [
      'ipfix+tcp://h?queue=1M&spool=/var/spool/weir&spool-limit=2G',
      { queue: 1_048_576, spool: '/var/spool/weir', spoolLimit: 2_147_483_648 },
    ],
    ['day.ipfix?counters=total&profile=standard', { counters: 'total', profile: 'standard' }],
  ])('%s', (text, options) => {
    expect(one(text)).toMatchObject({ options });
    expect(Object.keys((one(text) as { options: object }).options)).toEqual(Object.keys(options));
  });

  it('are described', () => {
    for (const [name, { help, default: standard }] of Object.entries(OUTPUT_OPTIONS)) {
      expect(optionText(name as OptionName)).toMatch(/^[a-z-]+$/);
      expect(help).toMatch(/\.$|…|`/);
      expect(standard).not.toBe('');
    }
  });
});

describe('several outputs in one', () => {
  it('stand in for each other, each with its own options', () => {
    const { text, policy, members } = parseOutput('ipfix+tcp://a?domain=1|ipfix+tcp://[::1]|spare.ipfix');
    expect({ text, policy }).toEqual({
      text: 'ipfix+tcp://a?domain=1|ipfix+tcp://[::1]|spare.ipfix',
      policy: 'failover',
    });
    expect(members.map(({ text: name, options }) => [name, options])).toEqual([
      ['ipfix+tcp://a?domain=1', { domain: 1 }],
      ['ipfix+tcp://[::1]', {}],
      ['spare.ipfix', { profile: 'full' }],
    ]);
  });

  it('share the load', () => {
    expect(parseOutput('balance:a.csv|b.csv')).toMatchObject({
      policy: 'balance',
      members: [{ text: 'a.csv' }, { text: 'b.csv' }],
    });
  });
});

describe('a wrong output is named, with what is allowed', () => {
  it.each([
    ['ipfx+udp://h', "no format 'ipfx', did you mean 'ipfix'?, expected ipfix, netflow9, netflow5, json, csv"],
    ['ipfix+upd://h', "no target 'upd', did you mean 'udp'?, expected ipfix+udp://HOST, ipfix+tcp://HOST"],
    ['ipfix://h', 'how should ipfix travel? expected ipfix+udp://HOST'],
    ['http://h', "no format 'http'"],
    ['udp://h', 'expected a format in front: ipfix+udp://, netflow9+udp://, netflow5+udp://, json+udp://'],
    ['netflow5+tcp://h', 'netflow5 does not travel over tcp: netflow5+udp://HOST'],
    ['csv+udp://h', 'csv does not travel over udp: a file NAME.csv'],
    ['netflow9+file:x', 'netflow9 has no file form'],
    ['ipfix+udp://', "'': expected the name or address of a host"],
    ['ipfix+udp://2001:db8::1', 'an IPv6 address in brackets'],
    ['ipfix+udp://[h]', "'[h]': expected an IPv6 address"],
    ['ipfix+udp://u:p@h', 'HOST:PORT'],
    ['ipfix+udp://h:0', "port '0': expected 1 to 65535"],
    ['ipfix+udp://h:65536', "port '65536': expected 1 to 65535"],
    ['ipfix+udp://h:x', "port 'x': expected 1 to 65535"],
    ['json+udp://h', 'a port is missing'],
    ['ipfix+udp://h/x', "'/x': expected nothing behind the port but ?options"],
    ['ipfix+nats://h/a', 'ipfix does not travel over nats: ipfix+udp://HOST'],
    ['nats://h/a..b', "subject 'a..b': expected words with dots between, such as weir.flows"],
    ['nats://h/a.>', "subject 'a.>': expected words"],
    [
      'redis://me:secret@h/a',
      "'redis://…@h/a': credentials do not stand in front of a host: expected HOST:PORT, and ?user=NAME&password-file=",
    ],
    ['redis://h/a?password=secret', "'redis://h/a?password=…': unknown option 'password'"],
    ['redis://h/a?create', 'option create: does not apply to json and redis, only to nats'],
    ['nats://h', 'expected a subject behind host and port: nats://HOST/NAME'],
    ['day.csv?unifow', "unknown option 'unifow', did you mean 'uniflow'?; csv to file has uniflow, biflow, time"],
    ['day.csv?ca=x', 'option ca: does not apply to csv and file, only to tls, nats, redis'],
    ['json+udp://h:1?domain=1', 'option domain: does not apply to json and udp, only to ipfix, netflow9'],
    ['day.csv?time', 'option time: a value is missing'],
    ['day.csv?time=s', "option time 's': expected one of ms, us, ns"],
    ['day.csv?time=ms&time=us', 'option time: is written twice'],
    ['day.csv?uniflow&biflow', 'uniflow and biflow exclude each other'],
    ['day.csv?uniflow=maybe', "option uniflow 'maybe': expected true or false"],
    ['day.csv?fields=a,,b', "option fields 'a,,b': expected names with commas between"],
    ['day.csv?fields=a,a', "option fields 'a,a': a is named twice"],
    ['day.csv?rotate=often', "option rotate 'often': expected a duration (30s, 5m, 1h, 1d) or a size (100M, 2G)"],
    ['day.csv?rotate=0.5s', "option rotate '0.5s': expected at least 1s"],
    ['day.csv?rotate=1K', "option rotate '1K': expected a size from 65536"],
    ['day.csv?filter=', "option filter '': at the end: expected a test"],
    ["day.csv?on-rotate=a 'b", "option on-rotate 'a 'b': a quote is missing"],
    ['day.csv?on-rotate= ', "option on-rotate ' ': expected a command"],
    ['%Q.csv', "'%Q.csv': no conversion '%Q'"],
    ['day-%', 'expected a name that ends in'],
    ['%00.csv', '%00 is no character of a name'],
    ['day.csv?filter=%zz', 'option filter URI malformed'],
    ['day.csv.gz?compress=zst', 'option compress zst: the name ends in .gz'],
    ['day.ipfix?profile=yaf', "option profile 'yaf': expected one of standard, cert, full, eve, ecs"],
    ['ipfix+udp://h?domain=4294967296', "option domain '4294967296': expected a whole number from 0 to 4294967295"],
    ['ipfix+udp://h?message-size=100', "option message-size '100': expected a size from 512 to 65535"],
    ['a.csv|', 'expected a name that ends in'],
    ['balance:a.csv', "expected at least two outputs behind 'balance:'"],
    ['a.csv|a.csv', 'a.csv is named twice'],
  ])('%s', (text, message) => {
    expect(() => parseOutput(text)).toThrow(RangeError);
    expect(() => parseOutput(text)).toThrow(`output '`);
    expect(() => parseOutput(text)).toThrow(message);
  });
});
