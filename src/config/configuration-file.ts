import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';

import type { Layer } from './layer.js';
import { nearest } from './nearest.js';
import { isSettingKey, SETTING_KEYS, type SettingKey, settingOf } from './settings.js';

/** More than any configuration; aliases that multiply are refused by the library. */
const MOST_OCTETS = 1_048_576;

/** Keys that have others below them. */
const GROUPS: ReadonlySet<string> = new Set(
  SETTING_KEYS.flatMap((key) => {
    const words = key.split('.');
    return words.slice(1).map((_, n) => words.slice(0, n + 1).join('.'));
  }),
);

/** Reads the text of a configuration file (YAML 1.2, of which JSON is a part), called `name` in messages. */
export function readConfigurationFile(text: string, name: string): Layer {
  return new FileReader(text, name).layer;
}

class FileReader {
  readonly layer: Layer = { given: [], faults: [] };
  readonly #name: string;
  readonly #lines = new LineCounter();

  constructor(text: string, name: string) {
    this.#name = name;
    if (text.length > MOST_OCTETS) {
      this.layer.faults.push(`${name}: has ${text.length} characters, expected ${MOST_OCTETS} at most`);
      return;
    }
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, stringKeys: true });
    for (const { message, pos } of [...document.errors, ...document.warnings]) this.#fault(pos[0], message);
    if (document.errors.length > 0) return;
    const root = document.contents;
    if (root === null || isEmpty(root)) return;
    if (isMap(root)) this.#group(root, '');
    else this.#fault(at(root), `expected keys with values, such as 'flow:' with 'idleTimeout: 30s' below it`);
  }

  /** `weir.yaml:3:16`, from the octet where something stands. */
  #where(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#name}:${line}:${col}`;
  }

  #fault(offset: number, message: string): void {
    this.layer.faults.push(`${this.#where(offset)}: ${message}`);
  }

  #group(map: YAMLMap, prefix: string): void {
    for (const { key: word, value } of map.items as Pair<Node, Node | null>[]) {
      const key = `${prefix}${isScalar(word) ? String(word.value) : ''}`;
      if (isSettingKey(key)) this.#setting(key, value ?? word);
      else if (!GROUPS.has(key)) this.#unknown(key, prefix, at(word));
      else if (value !== null && isMap(value)) this.#group(value, `${key}.`);
      // All that stands in a group may be commented out.
      else if (value !== null && !isEmpty(value)) this.#fault(at(value), `${key}: expected keys with values below it`);
    }
  }

  #unknown(key: string, prefix: string, offset: number): void {
    const beside = new Set(SETTING_KEYS.filter((each) => each.startsWith(prefix)).map((each) => level(each, prefix)));
    const meant =
      nearest(key, beside) ?? nearest(key, SETTING_KEYS) ?? SETTING_KEYS.find((each) => each.endsWith(`.${key}`));
    const hint = meant === undefined ? `expected one of ${[...beside].join(', ')}` : `did you mean ${meant}?`;
    this.#fault(offset, `${key}: no setting has this key; ${hint}`);
  }

  #setting(key: SettingKey, value: Node): void {
    const { type } = settingOf(key);
    const items = isSeq(value) && (type.form === 'many' || type.commas) ? (value.items as Node[]) : [value];
    const texts: string[] = [];
    for (const item of items) {
      const text = isMap(item) && type.itemKey !== null ? this.#mapText(item, key, type.itemKey) : scalarText(item);
      if (text === null) {
        this.#fault(at(item), `${key}: expected ${type.accepts}`);
        return;
      }
      texts.push(text);
    }
    const where = `${this.#where(at(value))}: ${key}`;
    this.layer.given.push({ key, texts: type.commas ? [texts.join(',')] : texts, source: 'file', where });
  }

  /** `{ to: 'flows.ipfix', rotate: 5m }` as `flows.ipfix?rotate=5m`. */
  #mapText(map: YAMLMap, key: SettingKey, itemKey: string): string | null {
    const entries = (map.items as Pair<Node, Node | null>[]).map(
      ({ key: word, value }) => [isScalar(word) ? String(word.value) : '', value && scalarText(value)] as const,
    );
    const base = entries.find(([name]) => name === itemKey)?.[1] ?? null;
    const options = entries.filter(([name]) => name !== itemKey);
    const empty = options.find(([, value]) => value === null);
    if (base === null)
      this.#fault(at(map), `${key}: ${itemKey} is missing: expected the output that the options are for`);
    if (empty !== undefined) this.#fault(at(map), `${key}: ${empty[0]}: expected a value`);
    if (base?.includes('|'))
      this.#fault(at(map), `${key}: ${base}: options of several outputs stand in their URIs, expected one`);
    if (base === null || empty !== undefined) return '';
    const query = options.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&');
    return query === '' ? base : `${base}${base.includes('?') ? '&' : '?'}${query}`;
  }
}

/** First octet of a node. */
function at(node: Node): number {
  return node.range?.[0] ?? 0;
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

/** A scalar as it was written; null when it is none, or has no value. */
function scalarText(node: Node): string | null {
  if (!isScalar(node) || node.value === null) return null;
  return typeof node.value === 'string' ? node.value : (node.source ?? JSON.stringify(node.value));
}

/** The part of a key that stands directly below `prefix`, with the prefix. */
function level(key: string, prefix: string): string {
  return prefix + key.slice(prefix.length).split('.')[0];
}
