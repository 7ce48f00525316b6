import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';

import { REGISTRY } from '../../dpi/registry.js';
import { RuleBound } from '../../dpi/rules/rule-tables.js';
import { nearest } from '../nearest.js';
import { UnitError, wholeNumber } from '../units.js';
import { compileExpression } from './expression-program.js';
import type { LabelRule, PayloadPrefix } from './label-rule.js';
import { hexOctets, hostSuffix, labelName, network, payloadPrefix, portRange } from './rule-values.js';

/** What a file of label rules says; with faults the rules are not to be used. */
export interface LabelFile {
  readonly rules: readonly LabelRule[];
  /** Each with file, line and column. */
  readonly faults: readonly string[];
}

const MOST_CHARACTERS = 8_388_608;
const MOST_FAULTS = 50;
const CONDITIONS = ['ports', 'networks', 'prefix', 'expression', 'hosts'] as const;
const RULE_KEYS = ['name', 'number', 'title', 'direction', ...CONDITIONS] as const;
const PREFIX_KEYS = ['at', 'text', 'hex'] as const;
const DIRECTIONS = ['either', 'client', 'server'] as const;

/** Reads a file of label rules (YAML 1.2), called `name` in messages. */
export function readLabelFile(text: string, name: string): LabelFile {
  const reader = new Reader(text, name);
  return { rules: reader.rules, faults: reader.faults };
}

class Reader {
  readonly rules: LabelRule[] = [];
  readonly faults: string[] = [];
  readonly #lines = new LineCounter();
  #hosts = 0;
  #networks = 0;

  constructor(
    text: string,
    private readonly file: string,
  ) {
    if (text.length > MOST_CHARACTERS) {
      this.faults.push(`${file}: has ${text.length} characters, expected ${MOST_CHARACTERS} at most`);
      return;
    }
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, stringKeys: true });
    for (const { message, pos } of [...document.errors, ...document.warnings]) this.#fault(pos[0], message);
    if (document.errors.length > 0) return;
    const root = document.contents;
    if (root === null || !isMap(root)) {
      this.#fault(root === null ? 0 : at(root), `expected 'rules:' with a list of rules below it`);
      return;
    }
    const values = this.#keys(root, '', ['rules']);
    const list = values.get('rules');
    if (list === undefined) this.#fault(at(root), `'rules' is missing: expected a list of rules`);
    else for (const node of this.#list(list, 'rules', RuleBound.Rules)) this.#rule(node);
    this.#checkNumbers();
  }

  #fault(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    if (this.faults.length < MOST_FAULTS) this.faults.push(`${this.file}:${line}:${col}: ${message}`);
    else if (this.faults.length === MOST_FAULTS) this.faults.push(`${this.file}: has more faults`);
  }

  /** The values of a map by key; a key that is not among `known`, or stands twice, is a fault. */
  #keys(map: YAMLMap, of: string, known: readonly string[]): Map<string, Node> {
    const values = new Map<string, Node>();
    for (const { key, value } of map.items as Pair<Node, Node | null>[]) {
      const word = isScalar(key) ? String(key.value) : '';
      const meant = nearest(word, known);
      const hint = meant === null ? `expected ${known.join(', ')}` : `did you mean ${meant}?`;
      if (!known.includes(word)) this.#fault(at(key), `${of}${word}: is not known; ${hint}`);
      else if (value === null || (isScalar(value) && value.value === null)) {
        this.#fault(at(key), `${of}${word}: expected a value`);
      } else values.set(word, value);
    }
    return values;
  }

  #rule(node: Node): void {
    if (!isMap(node)) {
      this.#fault(at(node), `expected a rule: 'name:' and what it asks for`);
      return;
    }
    const faults = this.faults.length;
    const values = this.#keys(node, '', RULE_KEYS);
    const name = this.#one(values, 'name', labelName);
    if (!values.has('name')) this.#fault(at(node), `'name' is missing: expected the name of the label`);
    const number = this.#one(values, 'number', numberOf);
    const isProtocol = name !== undefined && REGISTRY.named(name) !== undefined;
    const numberNode = values.get('number');
    if (isProtocol && numberNode !== undefined) {
      this.#fault(at(numberNode), `number: the protocol ${name} has one of its own`);
    }
    if (!CONDITIONS.some((key) => values.has(key))) {
      this.#fault(at(node), `asks for nothing: expected one of ${CONDITIONS.join(', ')}`);
    }
    const hosts = this.#many(values, 'hosts', RuleBound.Hosts, hostSuffix);
    const networks = this.#many(values, 'networks', RuleBound.Networks, network);
    this.#hosts += hosts.length;
    this.#networks += networks.length;
    if (this.#hosts > RuleBound.Hosts) this.#fault(at(node), `more than ${RuleBound.Hosts} hosts in the file`);
    if (this.#networks > RuleBound.Networks)
      this.#fault(at(node), `more than ${RuleBound.Networks} networks in the file`);
    const expression = this.#one(values, 'expression', (source) => ({ source, program: compileExpression(source) }));
    const rule: LabelRule = {
      name: name ?? '',
      number: number ?? null,
      title: this.#one(values, 'title', (text) => text) ?? '',
      place: `${this.file}:${this.#lines.linePos(at(node)).line}`,
      side: this.#one(values, 'direction', direction) ?? 'either',
      ports: this.#many(values, 'ports', RuleBound.Ports, portRange),
      networks,
      prefixes: this.#prefixes(values.get('prefix')),
      expression: expression ?? null,
      hosts,
    };
    const looks = values.has('prefix') || values.has('expression');
    const side = values.get('direction');
    if (side !== undefined && !looks)
      this.#fault(at(side), `direction: says whose payload prefix or expression look at`);
    if (faults === this.faults.length) this.rules.push(rule);
  }

  /** The value of a key that is written once; undefined without it, or with a fault. */
  #one<T>(values: ReadonlyMap<string, Node>, key: string, read: (text: string) => T): T | undefined {
    const node = values.get(key);
    if (node === undefined) return undefined;
    const text = isScalar(node) ? scalarText(node) : null;
    if (text === null) this.#fault(at(node), `${key}: expected one value`);
    return text === null ? undefined : this.#read(node, key, () => read(text));
  }

  /** The values of a key that is a list, or one value. */
  #many<T>(values: ReadonlyMap<string, Node>, key: string, most: number, read: (text: string) => T): T[] {
    const node = values.get(key);
    if (node === undefined) return [];
    const items = isSeq(node) ? this.#list(node, key, most) : [node];
    return items.flatMap((item) => {
      const text = isScalar(item) ? scalarText(item) : null;
      if (text === null) this.#fault(at(item), `${key}: expected a value, or a list of values`);
      const value = text === null ? undefined : this.#read(item, key, () => read(text));
      return value === undefined ? [] : [value];
    });
  }

  #list(node: Node, key: string, most: number): Node[] {
    if (!isSeq(node)) {
      this.#fault(at(node), `${key}: expected a list`);
      return [];
    }
    const items = node.items as Node[];
    if (items.length === 0) this.#fault(at(node), `${key}: expected one at least`);
    if (items.length > most) this.#fault(at(node), `${key}: has ${items.length}, expected ${most} at most`);
    return items.slice(0, most);
  }

  #read<T>(node: Node, key: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
      this.#fault(at(node), `${key}: ${error.message}`);
      return undefined;
    }
  }

  /** A text at the start of the payload, a map, or a list of these. */
  #prefixes(node: Node | undefined): PayloadPrefix[] {
    if (node === undefined) return [];
    const items = isSeq(node) ? this.#list(node, 'prefix', RuleBound.Prefixes) : [node];
    return items.flatMap((item) => {
      const prefix = isMap(item) ? this.#prefixMap(item) : this.#prefixText(item);
      return prefix === undefined ? [] : [prefix];
    });
  }

  #prefixText(node: Node): PayloadPrefix | undefined {
    const text = isScalar(node) ? scalarText(node) : null;
    if (text === null) {
      this.#fault(at(node), `prefix: expected a text, or a map of ${PREFIX_KEYS.join(', ')}`);
      return undefined;
    }
    return this.#read(node, 'prefix', () => payloadPrefix(0, Uint8Array.from(Buffer.from(text))));
  }

  #prefixMap(map: YAMLMap): PayloadPrefix | undefined {
    const values = this.#keys(map, 'prefix.', PREFIX_KEYS);
    const offset = this.#one(values, 'at', (text) => wholeNumber(text, 0, RuleBound.PayloadOctets - 1)) ?? 0;
    const text = this.#one(values, 'text', (given) => Uint8Array.from(Buffer.from(given)));
    const octets = this.#one(values, 'hex', hexOctets) ?? text;
    if (values.has('text') === values.has('hex')) {
      this.#fault(at(map), `prefix: expected either text or hex`);
      return undefined;
    }
    return octets === undefined ? undefined : this.#read(map, 'prefix', () => payloadPrefix(offset, octets));
  }

  /** One number for a name, one name for a number. */
  #checkNumbers(): void {
    const names = new Map<number, LabelRule>();
    const numbers = new Map<string, LabelRule>();
    for (const rule of this.rules) {
      const { name, number, place } = rule;
      if (number === null) continue;
      const other = names.get(number);
      const same = numbers.get(name);
      if (other !== undefined && other.name !== name) {
        this.faults.push(`${place}: number: ${number} is that of ${other.name} (${other.place})`);
      }
      if (same !== undefined && same.number !== number) {
        this.faults.push(`${place}: number: ${name} has ${same.number} already (${same.place})`);
      }
      names.set(number, other ?? rule);
      numbers.set(name, same ?? rule);
    }
  }
}

function numberOf(text: string): number {
  return wholeNumber(text, RuleBound.LeastNumber, RuleBound.LargestNumber);
}

function direction(text: string): (typeof DIRECTIONS)[number] {
  const found = DIRECTIONS.find((each) => each === text);
  if (found === undefined) throw new UnitError(`'${text}': expected one of ${DIRECTIONS.join(', ')}`);
  return found;
}

/** First octet of a node. */
function at(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** A scalar as it was written; null when it has no value. */
function scalarText(node: { value: unknown; source?: string }): string | null {
  if (node.value === null) return null;
  return typeof node.value === 'string' ? node.value : (node.source ?? JSON.stringify(node.value));
}
