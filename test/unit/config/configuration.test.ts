import { describe, expect, it } from 'vitest';

import { Configuration, ConfigurationError } from '../../../src/config/configuration.js';
import { readConfigurationFile } from '../../../src/config/configuration-file.js';
import { readEnvironment } from '../../../src/config/environment.js';
import { readSettings } from '../../../src/cli/settings-options.js';

type Words = Parameters<typeof readSettings>[1];

function read(words: Words, file: string | null, environment: Record<string, string> = {}): Configuration {
  return readSettings('replay', words, file === null ? null : readConfigurationFile(file, 'weir.yaml'), environment);
}

function faultsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

const faultsInFile = (text: string): readonly string[] =>
  faultsOf(() => new Configuration([readConfigurationFile(text, 'weir.yaml')]));

describe('precedence', () => {
  const file = 'flow:\n  idleTimeout: 10\n  activeTimeout: 20s\n  maxFlows: 30\n';
  const environment = { WEIR_FLOW_ACTIVE_TIMEOUT: '21s', WEIR_FLOW_MAX_FLOWS: '31' };
  const configuration = read({ 'max-flows': '32' }, file, environment);

  it('is command line, environment, file, default', () => {
    expect(configuration.get('flow.idleTimeout')).toBe(10_000_000);
    expect(configuration.get('flow.activeTimeout')).toBe(21_000_000);
    expect(configuration.get('flow.maxFlows')).toBe(32);
    expect(configuration.get('flow.vlanInKey')).toBe(true);
  });

  it('is told with where each value comes from', () => {
    expect(configuration.origin('flow.idleTimeout').where).toBe('weir.yaml:2:16: flow.idleTimeout');
    expect(configuration.origin('flow.activeTimeout').where).toBe('WEIR_FLOW_ACTIVE_TIMEOUT');
    expect(configuration.origin('flow.maxFlows').where).toBe('--max-flows');
    expect(configuration.origin('flow.vlanInKey').source).toBe('default');
  });

  it('replaces a list as a whole', () => {
    const outputs = 'outputs: [a.ipfix, b.csv]';
    expect(read({}, outputs).get('outputs')).toEqual(['a.ipfix', 'b.csv']);
    expect(read({ output: ['c.csv'] }, outputs).get('outputs')).toEqual(['c.csv']);
    expect(read({}, outputs, { WEIR_OUTPUTS: ' d.csv\n e.csv ' }).get('outputs')).toEqual(['d.csv', 'e.csv']);
    expect(read({}, null).get('outputs')).toEqual(['-']);
  });
});

describe('a value', () => {
  it('may be a number, a word or a list where the file has them', () => {
    const configuration = read(
      {},
      [
        'flow: { idleTimeout: 1.5, vlanInKey: false }',
        'tunnels: { decap: [gre, vxlan], ports: { vxlan: 4789, gtp: [1, 2] } }',
        'workers: auto',
        'outputs: a.ipfix',
      ].join('\n'),
    );
    expect(configuration.get('flow.idleTimeout')).toBe(1_500_000);
    expect(configuration.get('flow.vlanInKey')).toBe(false);
    expect(configuration.get('tunnels.decap')).toEqual(['gre', 'vxlan']);
    expect(configuration.get('tunnels.ports.vxlan')).toEqual([4789]);
    expect(configuration.get('tunnels.ports.gtp')).toEqual([1, 2]);
    expect(configuration.get('workers')).toBe('auto');
    expect(configuration.get('outputs')).toEqual(['a.ipfix']);
    expect(read({}, 'tunnels: { decap: [] }').get('tunnels.decap')).toEqual([]);
  });

  it('of outputs may be a map, which becomes the query of a URI', () => {
    const file = [
      'outputs:',
      '  - a.ipfix',
      '  - { to: "ipfix+tls://collector:4740", ca: /etc/ca & co.pem, uniflow: true }',
      '  - to: flows-%H.csv?rotate=5m',
      '    fsync: 10',
    ].join('\n');
    expect(read({}, file).get('outputs')).toEqual([
      'a.ipfix',
      'ipfix+tls://collector:4740?ca=%2Fetc%2Fca%20%26%20co.pem&uniflow=true',
      'flows-%H.csv?rotate=5m&fsync=10',
    ]);
  });

  it('that has no default is not there until it is given', () => {
    const configuration = read({}, null);
    expect(configuration.find('input.from')).toBeUndefined();
    expect(() => configuration.get('input.from')).toThrow(RangeError);
    expect(read({ from: '10' }, null).get('input.from')).toBe(10_000_000);
  });
});

describe('the file', () => {
  it.each(['', '# nothing\n', 'flow:\n  # idleTimeout: 30s\n', '---\n', '{}'])('may be empty: %j', (text) => {
    expect(faultsInFile(text)).toEqual([]);
  });

  it.each([
    ['flow:\n  maxFlow: 5', 'weir.yaml:2:3: flow.maxFlow: no setting has this key; did you mean flow.maxFlows?'],
    ['flwo:\n  maxFlows: 5', 'weir.yaml:1:1: flwo: no setting has this key; did you mean flow?'],
    ['idleTimeout: 5', 'weir.yaml:1:1: idleTimeout: no setting has this key; did you mean flow.idleTimeout?'],
    [
      'tunnels: {ports: {qqqqqq: 5}}',
      /^weir\.yaml:1:19: tunnels\.ports\.qqqqqq: .* expected one of tunnels\.ports\.vxlan, /,
    ],
    ['flow:\n  idleTimeout: 30x', /^weir\.yaml:2:16: flow\.idleTimeout '30x' is no duration: expected/],
    ['flow: {maxFlows: 0}', "weir.yaml:1:18: flow.maxFlows '0': expected a whole number from 1 to 50000000"],
    ['flow: {idleTimeout: 9999d}', "weir.yaml:1:21: flow.idleTimeout '9999d': expected a duration from 0s to 366d"],
    ['flow: {vlanInKey: yes}', "weir.yaml:1:19: flow.vlanInKey 'yes': expected true or false"],
    ['flow: {idleTimeout: }', 'weir.yaml:1:21: flow.idleTimeout: expected duration, 0s to 366d'],
    ['flow: {idleTimeout: [1]}', 'weir.yaml:1:21: flow.idleTimeout: expected duration, 0s to 366d'],
    ['flow: 5', 'weir.yaml:1:7: flow: expected keys with values below it'],
    ['- flow', /^weir\.yaml:1:1: expected keys with values/],
    ['outputs: [{ca: x}]', /^weir\.yaml:1:11: outputs: to is missing/],
    ['outputs: [{to: a.csv|b.csv, time: us}]', /^weir\.yaml:1:11: outputs: a\.csv\|b\.csv: options of several/],
    ['outputs: [a.csv, a.csv]', "weir.yaml:1:10: outputs 'a.csv': is named twice, expected each once"],
    ['statistics: {format: xml}', "weir.yaml:1:22: statistics.format 'xml': expected one of text, json, none"],
    ['daemon: {metrics: 9995}', /^weir\.yaml:1:19: daemon\.metrics '9995': expected address:port/],
    ['flow: {maxFlows: 5, maxFlows: 6}', /^weir\.yaml:1:21: Map keys must be unique/],
    ['flow: {maxFlows: 5', /^weir\.yaml:1:\d+: /],
    ['flow: &a\n  maxFlows: !!foo 5', /^weir\.yaml:2:13: Unresolved tag/],
  ])('%j is a fault with its place', (text, message) => {
    expect(faultsInFile(text)[0]).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it('tells all faults at once', () => {
    expect(faultsInFile('flow: {maxFlows: 0, idleTimeout: x}\nworkerz: 1')).toHaveLength(3);
  });

  it('is bounded', () => {
    expect(faultsInFile(`# ${'x'.repeat(2_000_000)}`)[0]).toMatch(/expected 1048576 at most/);
  });

  it('does not let aliases multiply', () => {
    const lines = [
      'a: &a [x]',
      ...Array.from('bcdefghij', (name, n) => `${name}: &${name} [*${'abcdefghi'[n]}, *${'abcdefghi'[n]}]`),
    ];
    expect(faultsInFile(lines.join('\n')).length).toBeGreaterThan(0);
  });
});

describe('the environment', () => {
  it('names the variable that was probably meant', () => {
    // Without its group, as the option is called.
    expect(readEnvironment({ WEIR_IDLE_TIMEOUT: '1' }).faults).toEqual([
      'WEIR_IDLE_TIMEOUT: no setting has this name; did you mean WEIR_FLOW_IDLE_TIMEOUT?',
    ]);
    expect(readEnvironment({ WEIR_FLOW_IDLE_TIMEOT: '1' }).faults).toEqual([
      'WEIR_FLOW_IDLE_TIMEOT: no setting has this name; did you mean WEIR_FLOW_IDLE_TIMEOUT?',
    ]);
  });

  it('names the variable of a wrong value', () => {
    expect(faultsOf(() => read({}, null, { WEIR_WORKERS: '65' }))).toEqual([
      "WEIR_WORKERS '65': expected a whole number from 1 to 64",
    ]);
  });

  it('leaves alone what is empty, what belongs to others, and what Kubernetes puts there', () => {
    const environment = {
      WEIR_FLOW_IDLE_TIMEOUT: '',
      WEIR_CONFIG: '/etc/weir/weir.yaml',
      WEIRD: '1',
      WEIR_SERVICE_HOST: '10.0.0.1',
      WEIR_PORT: 'tcp://10.0.0.1:9995',
      WEIR_METRICS_PORT_9995_TCP_ADDR: '10.0.0.1',
    };
    expect(readEnvironment(environment)).toEqual({ given: [], faults: [] });
  });
});

describe('the command line', () => {
  it('gives an option once, but for lists', () => {
    expect(faultsOf(() => read({ 'idle-timeout': ['1', '2'] }, null))).toEqual([
      '--idle-timeout: is given 2 times (1, 2), expected once',
    ]);
    expect(read({ output: ['a.csv', 'b.csv'] }, null).get('outputs')).toEqual(['a.csv', 'b.csv']);
  });

  it('may have words that are options of another command only', () => {
    expect(faultsOf(() => read({ capture: ['day.pcap'] }, null))).toEqual([]);
  });
});
