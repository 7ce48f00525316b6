import fs from 'node:fs';

import { describe, expect, it } from 'vitest';

import { translate } from '../../../../src/cli/yaf/translate.js';
import { YAF_OPTIONS } from '../../../../src/cli/yaf/yaf-options.js';
import { UsageError } from '../../../../src/cli/usage-error.js';
import { SETTING_KEYS, settingOf } from '../../../../src/config/settings.js';
import { type ParsedCommand, parseCommand } from '../../../support/parse-command.js';

type YafWords = Parameters<typeof translate>[0];

const parsed = (words: YafWords): ParsedCommand => parseCommand(translate(words, {}));
const LIVE = { live: 'pcap', in: 'eth1' };

/** A value that each option with one accepts, and what has to stand beside it. */
const SAMPLES: Readonly<Record<string, YafWords>> = {
  in: { in: 'day.pcap' },
  live: LIVE,
  filter: { filter: 'port 53' },
  decompress: { decompress: '/tmp' },
  out: { out: 'day.yaf' },
  ipfix: { ipfix: 'tcp', out: 'collector' },
  'ipfix-port': { 'ipfix-port': '18000', ipfix: 'udp', out: 'collector' },
  tls: { tls: true, ipfix: 'tcp', out: 'collector' },
  'tls-ca': { 'tls-ca': 'ca.pem', tls: true, ipfix: 'tcp', out: 'collector' },
  'tls-cert': { 'tls-cert': 'me.pem', 'tls-key': 'me.key', tls: true, ipfix: 'tcp', out: 'collector' },
  'tls-key': { 'tls-cert': 'me.pem', 'tls-key': 'me.key', tls: true, ipfix: 'tcp', out: 'collector' },
  rotate: { rotate: '300', out: 'flows' },
  'udp-temp-timeout': { 'udp-temp-timeout': '60', ipfix: 'udp', out: 'collector' },
  'max-frags': { 'max-frags': '100' },
  'vxlan-decode-ports': { 'vxlan-decode': true, 'vxlan-decode-ports': '4789,8472' },
  'geneve-decode-ports': { 'geneve-decode': true, 'geneve-decode-ports': '6081' },
  'idle-timeout': { 'idle-timeout': '60' },
  'active-timeout': { 'active-timeout': '60' },
  'max-flows': { 'max-flows': '1000' },
  'observation-domain': { 'observation-domain': '7' },
  'time-elements': { 'time-elements': '2' },
  'max-payload': { 'max-payload': '1024' },
  'max-export': { 'max-export': '64', 'max-payload': '1024', 'export-payload': true },
  'export-payload': { 'export-payload': true, 'max-payload': '1024' },
  applabel: { applabel: true, 'max-payload': '1024' },
  entropy: { entropy: true, 'max-payload': '1024' },
  'plugin-name': { 'plugin-name': 'dpacketplugin.la', applabel: true, 'max-payload': '1024' },
  'plugin-opts': {
    'plugin-opts': '53',
    'plugin-name': '/usr/lib/yaf/dpacketplugin.so',
    applabel: true,
    'max-payload': '1024',
  },
  stats: { ...LIVE, stats: '60' },
  'tombstone-configured-id': { 'tombstone-configured-id': '1' },
  'become-user': { ...LIVE, 'become-user': 'weir' },
  'become-group': { 'become-group': 'weir' },
  pidfile: { pidfile: '/run/yaf.pid' },
  log: { log: 'stderr' },
  loglevel: { ...LIVE, loglevel: 'warning' },
};

describe('options', () => {
  it('stand once each, letters too', () => {
    const names = YAF_OPTIONS.map(({ name }) => name);
    const letters = YAF_OPTIONS.flatMap(({ alias }) => alias ?? []);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(letters).size).toBe(letters.length);
  });

  const reference = new URL('../../../../../shared/reference/yaf-2.16.4.md', import.meta.url);
  const isThere = fs.existsSync(reference);
  if (!isThere) console.warn('skipped: the options of YAF 2.16 from its manual, which is not beside this tree');
  it.skipIf(!isThere)('are those of the manual of YAF 2.16, all of them', () => {
    const [, section] = fs.readFileSync(reference, 'utf8').split('\n## 1. Options')[1].split('### Config file');
    const [, body] = (section.split('\n## 2.')[0] ?? '').split('### Input');
    const named = new Set(Array.from(body.matchAll(/--([a-z][\w-]+)/g), ([, name]) => name));
    const known = [...YAF_OPTIONS.map(({ name }) => name), 'version', 'help'];
    // The letter -v has no name there; --config stands in the section before.
    expect(known.filter((name) => !named.has(name)).sort()).toEqual(['config', 'verbose']);
  });

  it.each(YAF_OPTIONS.filter(({ verdict }) => verdict !== 'refused'))(
    '--$name gives a command that weir understands',
    ({ name, value }) => {
      const words = SAMPLES[name] ?? (value === undefined ? { [name]: true } : {});
      expect(words, `a sample of --${name}`).toHaveProperty(name);
      expect(parsed(words).outputs).toHaveLength(1);
    },
  );

  it.each(YAF_OPTIONS.filter(({ verdict }) => verdict === 'refused'))('--$name is refused', ({ name, value }) => {
    expect(() => translate({ [name]: value === undefined ? true : '1' })).toThrow(UsageError);
    expect(() => translate({ [name]: value === undefined ? true : '1' })).toThrow(`--${name} is not done by weir: `);
  });

  it.each(YAF_OPTIONS)('--$name: what the page says of weir’s options is so', ({ note }) => {
    const options = [...SETTING_KEYS.map((key) => settingOf(key).option)];
    for (const [, name] of note.matchAll(/`--(?:no-)?([\w-]+)[^`]*`/g)) {
      if (!YAF_OPTIONS.some((each) => each.name === name)) expect(options).toContain(name.replace(/^no-/, ''));
    }
  });
});

describe('a capture', () => {
  it('has the defaults of YAF', () => {
    const { command, configuration, operands, outputs } = parsed({});
    expect({ command, operands }).toEqual({ command: 'replay', operands: ['-'] });
    expect(configuration.get('flow.idleTimeout')).toBe(300e6);
    expect(configuration.get('flow.activeTimeout')).toBe(1800e6);
    expect(configuration.get('tunnels.decap')).toEqual([]);
    expect(outputs[0].members[0]).toMatchObject({
      format: 'ipfix',
      target: { kind: 'stdout' },
      options: { profile: 'cert' },
    });
  });

  it.each(['-odd.pcap', 'day %d?.pcap'])('may be called %j', (name) => {
    const { operands, outputs } = parsed({ in: name, out: `/tmp/${name}|x.yaf` });
    expect(operands).toEqual([name]);
    expect(outputs[0].members).toHaveLength(1);
    expect(outputs[0].members[0].target).toEqual({ kind: 'file', path: `/tmp/${name.replace('%', '%%')}|x.yaf` });
  });

  it('may be a list', () => {
    const { configuration, operands } = parsed({ in: 'list.txt', caplist: true });
    expect(configuration.get('input.lists')).toEqual(['list.txt']);
    expect(operands).toEqual([]);
  });

  it('goes through the tunnels that are named', () => {
    const { configuration } = parsed({ 'gre-decode': true, 'vxlan-decode': true, 'vxlan-decode-ports': '4789,8472' });
    expect(configuration.get('tunnels.decap')).toEqual(['gre', 'vxlan']);
    expect(configuration.get('tunnels.ports.vxlan')).toEqual([4789, 8472]);
  });

  it('takes times, counters, domain and direction', () => {
    const words = {
      'time-elements': '2',
      delta: true,
      'observation-domain': '9',
      uniflow: true,
      'no-vlan-in-key': true,
    };
    const { configuration, outputs } = parsed(words);
    expect(configuration.get('records.time')).toBe('us');
    expect(configuration.get('records.observationDomain')).toBe(9);
    expect(configuration.get('records.uniflow')).toBe(true);
    expect(configuration.get('flow.vlanInKey')).toBe(false);
    expect(outputs[0].members[0].options).toMatchObject({ profile: 'cert', counters: 'delta' });
  });

  it('may ask for what says nothing of files', () => {
    expect(parsed({ 'promisc-off': true, stats: '60', 'become-user': 'nobody', loglevel: 'debug' }).command).toBe(
      'replay',
    );
  });
});

describe('payload', () => {
  const MOST = { 'max-payload': '4096' };

  it.each([
    [{ applabel: true }, 'labels'],
    [{ applabel: true, 'plugin-name': 'dpacketplugin.la' }, 'all'],
    [{ applabel: true, 'plugin-name': '/usr/lib/yaf/dpacketplugin.so', 'plugin-opts': 'DNSSEC' }, 'all'],
    [{ applabel: true, 'plugin-name': 'dpacketplugin', 'plugin-opts': '53 80 DNSSEC' }, ['dns', 'http']],
    [{ applabel: true, 'plugin-name': 'dhcp_fp_plugin.la' }, ['dhcp']],
    [{ applabel: true, 'plugin-name': 'dpacketplugin.la,dhcp_fp_plugin.la' }, 'all'],
    [{}, 'off'],
  ])('with %j is inspected: %j', (words, wanted) => {
    expect(parsed({ ...MOST, ...words }).configuration.get('dpi.inspect')).toEqual(wanted);
    expect(parsed({ ...LIVE, ...MOST, ...words }).configuration.get('dpi.inspect')).toEqual(wanted);
  });

  it.each([
    [{ 'max-payload': '500', entropy: true }, 500, 0],
    [{ 'max-payload': '500', entropy: true, 'export-payload': true }, 500, 500],
    [{ 'max-payload': '500', 'export-payload': true, 'max-export': '64' }, 0, 64],
    [{ 'max-payload': '500', 'export-payload': true, 'max-export': '900' }, 0, 500],
    [{ 'max-payload': '65535', entropy: true, 'export-payload': true }, 2_048, 2_048],
    [{ 'max-payload': '500' }, 0, 0],
  ])('with %j is measured over %i octets, %i exported', (words, entropy, exported) => {
    const { configuration } = parsed(words);
    expect(configuration.get('payload.entropy')).toBe(entropy);
    expect(configuration.get('payload.export')).toBe(exported);
  });

  it.each([
    [{ entropy: true }, '--entropy: expected --max-payload too'],
    [{ 'export-payload': true, 'max-payload': '0' }, '--export-payload: expected --max-payload too'],
    [{ ...MOST, 'plugin-name': 'dpacketplugin.la' }, '--plugin-name: expected --applabel too'],
    [{ ...MOST, applabel: true, 'plugin-opts': '53' }, '--plugin-opts: expected --plugin-name too'],
    [{ ...MOST, applabel: true, 'plugin-name': 'other.la' }, "--plugin-name 'other.la': expected some of"],
    [{ ...MOST, applabel: true, 'plugin-name': 'dpacketplugin.la', 'plugin-opts': '7' }, "--plugin-opts '7'"],
    [{ 'max-payload': 'many' }, '--max-payload'],
  ])('with %j is refused', (words, text) => {
    expect(() => translate(words, {})).toThrow(UsageError);
    expect(() => translate(words, {})).toThrow(text);
  });
});

describe('an interface', () => {
  it('is metered by weir live', () => {
    const { command, configuration } = parsed({ ...LIVE, stats: '60', 'promisc-off': true, 'become-user': 'yaf' });
    expect(command).toBe('live');
    expect(configuration.get('capture.interfaces')).toEqual(['eth1']);
    expect(configuration.get('capture.promiscuous')).toBe(false);
    expect(configuration.get('statistics.interval')).toBe(60e6);
    expect(configuration.get('daemon.user')).toBe('yaf');
  });

  it.each([
    [{ 'ip4-only': true }, 'ip or (vlan and ip)'],
    [{ 'ip6-only': true, filter: 'port 53' }, '(port 53) and (ip6 or (vlan and ip6))'],
    [{ 'ip4-only': true, 'ip6-only': true, filter: 'tcp' }, 'tcp'],
  ])('with %j is filtered by %s', (words, expected) => {
    expect(parsed({ ...LIVE, ...words }).configuration.get('capture.filter')).toBe(expected);
    expect(parsed(words).configuration.get('capture.filter')).toBe(expected);
  });
});

describe('files', () => {
  it('rotate under names of the same form, and may have a lock', () => {
    const { members } = parsed({ out: 'flows/day', rotate: '120', lock: true }).outputs[0];
    expect(members[0]).toMatchObject({
      format: 'ipfix',
      target: { kind: 'file', path: 'flows/day-%Y%m%d%H%M%S-%i.yaf' },
      options: { rotate: { by: 'time', intervalMs: 120_000 }, lock: true },
    });
  });

  it('do not rotate with 0', () => {
    expect(parsed({ out: 'day.yaf', rotate: '0' }).outputs[0].members[0].options).toEqual({ profile: 'cert' });
  });
});

describe('a collector', () => {
  const collector = { out: 'collector.example' };
  it.each([
    [{ ipfix: 'tcp' }, 'ipfix+tcp://collector.example:4739?profile=cert'],
    [{ ipfix: 'udp' }, 'ipfix+udp://collector.example:4739?profile=cert&templates=200s'],
    [{ ipfix: 'udp', 'udp-temp-timeout': '30' }, 'ipfix+udp://collector.example:4739?profile=cert&templates=10s'],
    [{ ipfix: 'tcp', 'ipfix-port': '18001' }, 'ipfix+tcp://collector.example:18001?profile=cert'],
    [{ ipfix: 'tcp', out: '2001:db8::1' }, 'ipfix+tcp://[2001:db8::1]:4739?profile=cert'],
    [
      { ipfix: 'tcp', tls: true, 'tls-ca': 'a&b.pem', 'tls-cert': 'c.pem', 'tls-key': 'k.pem' },
      'ipfix+tls://collector.example:4740?profile=cert&ca=a%26b.pem&cert=c.pem&key=k.pem',
    ],
  ])('of %j is %s', (words, uri) => {
    const { outputs } = parsed({ ...collector, ...words });
    expect(outputs[0].text).toBe(uri);
  });
});

describe('what does not fit together', () => {
  it.each<[YafWords, string | RegExp]>([
    [{ live: 'dag', in: '0' }, "--live 'dag': "],
    [{ live: 'pcap' }, '--live: the interface is missing'],
    [{ ...LIVE, caplist: true }, '--caplist: '],
    [{ ipfix: 'sctp', out: 'c' }, "--ipfix 'sctp': "],
    [{ ipfix: '', out: 'c' }, "--ipfix '': "],
    [{ ipfix: 'tcp' }, '--ipfix: the collector is missing'],
    [{ ipfix: 'tcp', out: 'c', rotate: '5' }, '--rotate: is of files'],
    [{ ipfix: 'udp', out: 'c', tls: true }, '--tls: weir encrypts over tcp'],
    [{ ipfix: 'tcp', out: 'c', 'tls-ca': 'x' }, '--tls-ca: expected --tls too'],
    [{ 'ipfix-port': '5' }, '--ipfix-port: is of collectors'],
    [{ ipfix: 'tcp', out: 'c', 'ipfix-port': '65536' }, "--ipfix-port '65536': expected a whole number"],
    [{ rotate: 'x', out: 'd' }, "--rotate 'x': expected a whole number"],
    [{ rotate: '5' }, '--rotate: standard output'],
    [{ 'time-elements': '1,2' }, "--time-elements '1,2': "],
    [{ in: ['a', 'b'] }, '--in: is given 2 times'],
    [{ log: '/var/log/yaf.log' }, "--log '/var/log/yaf.log': "],
  ])('%j is refused', (words, message) => {
    expect(() => translate(words, {})).toThrow(UsageError);
    expect(() => translate(words, {})).toThrow(message);
  });

  it('is a key with a password', () => {
    const words = SAMPLES['tls-key'];
    expect(() => translate(words, { YAF_TLS_PASS: 'secret' })).toThrow(/^YAF_TLS_PASS: /);
    expect(() => translate(words, {})).not.toThrow();
  });
});
