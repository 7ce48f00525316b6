import fs from 'node:fs';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { compileRules, labelNumbers } from '../../../../src/config/labels/compile-rules.js';
import { readLabelFile } from '../../../../src/config/labels/label-file.js';
import { REGISTRY } from '../../../../src/dpi/registry.js';
import { RuleBound } from '../../../../src/dpi/rules/rule-tables.js';

const config = new URL('../../../../config/', import.meta.url);
const DEFAULT = fs.readFileSync(new URL('labels.yaml', config), 'utf8');
const validate = new Ajv({ allowUnionTypes: true }).compile(
  JSON.parse(fs.readFileSync(new URL('labels.schema.json', config), 'utf8')) as object,
);

const EVERYTHING = `rules:
  - name: everything
    number: 65535
    title: All that a rule can ask for
    ports: [tcp/443, udp/5000-5010, 8080]
    networks: [192.0.2.0/24, '2001:db8::/32', 198.51.100.7]
    prefix: [{ hex: 16 03 01 }, { at: 5, text: hello }, plain]
    expression: '^[a-z]+'
    direction: client
    hosts: [example.com, '*.example.net', .example.org.]
`;

describe('a file of label rules', () => {
  it('gives all that a rule can ask for', () => {
    const { rules, faults } = readLabelFile(EVERYTHING, 'mine.yaml');
    expect(faults).toEqual([]);
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({
      name: 'everything',
      number: 65_535,
      place: 'mine.yaml:2',
      side: 'client',
      ports: [
        { transport: 'tcp', low: 443, high: 443 },
        { transport: 'udp', low: 5_000, high: 5_010 },
        { transport: 'both', low: 8_080, high: 8_080 },
      ],
      networks: [
        { low: [-1_073_741_312], high: [-1_073_741_057] },
        { low: [0x20010db8, 0, 0, 0], high: [0x20010db8, -1, -1, -1] },
        { low: [-969_710_585], high: [-969_710_585] },
      ],
      hosts: ['example.com', 'example.net', 'example.org'],
    });
    expect(rules[0].prefixes.map(({ at, octets }) => [at, Buffer.from(octets).toString('latin1')])).toEqual([
      [0, '\x16\x03\x01'],
      [5, 'hello'],
      [0, 'plain'],
    ]);
    expect(validate(parse(EVERYTHING)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    ['an unknown key', 'rules:\n  - nmae: x\n    hosts: [a.com]\n', '2:5: nmae: is not known; did you mean name?'],
    ['an unknown key above', 'rulez: []\n', '1:1: rulez: is not known; did you mean rules?'],
    ['no rules', 'a: 1\n', `1:1: 'rules' is missing: expected a list of rules`],
    ['an empty file', '', `1:1: expected 'rules:' with a list of rules below it`],
    ['rules that are none', 'rules: 3\n', '1:8: rules: expected a list'],
    ['a rule that is none', 'rules:\n  - 3\n', `2:5: expected a rule: 'name:' and what it asks for`],
    ['a rule without a name', 'rules:\n  - hosts: [a.com]\n', `2:5: 'name' is missing: expected the name of the label`],
    ['a rule that asks for nothing', 'rules:\n  - name: x\n', '2:5: asks for nothing: expected one of ports,'],
    ['a name with a dot', 'rules:\n  - name: a.b\n    ports: 1\n', `2:11: name: 'a.b': expected a name of lower-case`],
    [
      'a number out of range',
      'rules:\n  - name: x\n    number: 80\n    ports: 1\n',
      `3:13: number: '80': expected a whole`,
    ],
    [
      'a number of a protocol',
      'rules:\n  - name: tls\n    number: 65000\n    ports: 1\n',
      '3:13: number: the protocol tls',
    ],
    ['a port', 'rules:\n  - name: x\n    ports: [1, tcp/65536]\n', `3:16: ports: '65536': expected a whole number`],
    ['a transport', 'rules:\n  - name: x\n    ports: [sctp/1]\n', `3:13: ports: 'sctp/1': expected ports such as`],
    ['a range', 'rules:\n  - name: x\n    ports: 9-8\n', `3:12: ports: '9-8': expected the lower port first`],
    ['a network', 'rules:\n  - name: x\n    networks: [10.0.0.1/8]\n', `3:16: networks: '10.0.0.1/8': has bits behind`],
    ['an address', 'rules:\n  - name: x\n    networks: [10.0.0]\n', `3:16: networks: '10.0.0': expected a network`],
    ['a host', 'rules:\n  - name: x\n    hosts: [a b]\n', `3:13: hosts: 'a b': expected a host name`],
    ['a list within a list', 'rules:\n  - name: x\n    hosts: [[a]]\n', '3:13: hosts: expected a value, or a list'],
    ['an expression', `rules:\n  - name: x\n    expression: '(a'\n`, `3:17: expression: a ')' is missing`],
    [
      'a prefix of both kinds',
      'rules:\n  - name: x\n    prefix: {text: a, hex: 61}\n',
      '3:13: prefix: expected either text or hex',
    ],
    [
      'odd digits',
      'rules:\n  - name: x\n    prefix: {hex: abc}\n',
      `3:19: prefix.hex: 'abc'`.replace('prefix.hex', 'hex'),
    ],
    ['a prefix too far', 'rules:\n  - name: x\n    prefix: {at: 1023, text: ab}\n', '3:13: prefix: ends at octet 1025'],
    [
      'a side without payload',
      'rules:\n  - name: x\n    ports: 1\n    direction: client\n',
      '4:16: direction: says whose',
    ],
    [
      'a side',
      'rules:\n  - name: x\n    prefix: a\n    direction: up\n',
      `4:16: direction: 'up': expected one of either,`,
    ],
    ['no value', 'rules:\n  - name: x\n    hosts:\n', '3:5: hosts: expected a value'],
    ['an empty list', 'rules:\n  - name: x\n    hosts: []\n', '3:12: hosts: expected one at least'],
    ['a key twice', 'rules:\n  - name: x\n    ports: 1\n    ports: 2\n', '4:5: Map keys must be unique'],
    ['what is no YAML', 'rules: [\n', '2:1: '],
  ])('says where it is wrong: %s', (_, text, message) => {
    const { faults } = readLabelFile(text, 'f.yaml');
    expect(
      faults.some((fault) => fault.startsWith(`f.yaml:${message}`)),
      faults.join('\n'),
    ).toBe(true);
  });

  it('tells a number that two labels have, and a label that has two', () => {
    const rule = (name: string, number: number): string => `  - {name: ${name}, number: ${number}, ports: 1}\n`;
    expect(readLabelFile(`rules:\n${rule('a', 65_000)}${rule('b', 65_000)}`, 'f').faults).toEqual([
      'f:3: number: 65000 is that of a (f:2)',
    ]);
    expect(readLabelFile(`rules:\n${rule('a', 65_000)}${rule('a', 65_001)}`, 'f').faults).toEqual([
      'f:3: number: a has 65000 already (f:2)',
    ]);
  });

  it('has bounds', () => {
    const many = Array.from({ length: RuleBound.Rules + 1 }, (_, n) => `  - {name: n${n}, ports: 1}\n`).join('');
    expect(readLabelFile(`rules:\n${many}`, 'f').faults[0]).toContain(`rules: has ${RuleBound.Rules + 1}, expected`);
    const wide = Array.from({ length: RuleBound.Ports + 1 }, (_, n) => n).join(', ');
    expect(readLabelFile(`rules:\n  - {name: x, ports: [${wide}]}\n`, 'f').faults[0]).toContain('ports: has 65');
    const both = Array.from({ length: 13 }, (_, n) => `  - {name: n${n}, hosts: a.com, prefix: x}\n`).join('');
    expect(() => compileRules(readLabelFile(`rules:\n${both}`, 'f').rules)).toThrow(
      'f:14: more than 12 rules that ask',
    );
  });
});

describe('numbers of labels', () => {
  it('are those that are given, those of protocols, or follow from the name whatever else there is', () => {
    const numbers = (text: string): ReadonlyMap<string, number> =>
      labelNumbers(readLabelFile(`rules:\n${text}`, 'f').rules);
    const own = numbers('  - {name: mine, ports: 1}\n').get('mine') ?? 0;
    expect(own).toBeGreaterThanOrEqual(RuleBound.LeastFreeNumber);
    const all = numbers(
      '  - {name: a, number: 62900, ports: 1}\n  - {name: zoom, ports: 1}\n  - {name: mine, ports: 1}\n',
    );
    expect(Object.fromEntries(all)).toEqual({ a: 62_900, zoom: REGISTRY.named('zoom')?.label, mine: own });
  });
});

describe('the list that comes with weir', () => {
  const { rules, faults } = readLabelFile(DEFAULT, 'labels.yaml');

  it('has no fault, and is what the schema says', () => {
    expect(faults).toEqual([]);
    expect(rules.length).toBeGreaterThan(50);
    expect(validate(parse(DEFAULT)), JSON.stringify(validate.errors)).toBe(true);
  });

  it('labels by hosts, each of them once, on a port where the host has other services, with numbers of its own', () => {
    for (const { name, number, hosts, ports, networks, prefixes, expression } of rules) {
      expect([name, networks.length + prefixes.length, expression]).toEqual([name, 0, null]);
      expect([name, ports.length > 0]).toEqual([name, name === 'doh']);
      expect([name, hosts.length > 0]).toEqual([name, true]);
      const isProtocol = REGISTRY.named(name) !== undefined;
      expect([name, number === null]).toEqual([name, isProtocol]);
      if (number !== null) expect(number).toBeLessThan(63_000);
    }
    const hosts = rules.flatMap((rule) => rule.hosts);
    expect(new Set(hosts).size).toBe(hosts.length);
    expect(() => compileRules(rules)).not.toThrow();
  });
});
