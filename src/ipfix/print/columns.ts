import type { DataRecord } from '../data-record.js';
import type { AbstractDataType, InformationElement, InformationModel } from '../information-model.js';
import { fieldJson } from '../structured-data.js';
import type { Template } from '../template.js';
import type { Timestamp } from '../value.js';
import { readUnsigned } from '../value.js';
import { jsonText, printableText, scalarValue, timeText, type ScalarValue } from '../value-text.js';
import { ABSENT_KEY, type Column } from './column.js';
import type { FlowView } from './flow-view.js';
import { METADATA_NAMES, metadataColumn } from './metadata-columns.js';
import { endReasonWord, flagLetters, protocolName } from './words.js';

/** Octets of a field that count for its place in the order. */
const MAX_KEY_OCTETS = 128;

type Alias = readonly [name: string, align: 'left' | 'right', value: (flow: FlowView) => ScalarValue];

const count = (value: number): ScalarValue => (value < 0 ? null : value);
const moment = (has: boolean, time: Timestamp): ScalarValue => (has ? timeText(time, 6, 'T', 'Z') : null);
const letters = (flags: number): ScalarValue => (flags < 0 ? null : flagLetters(flags));
const both = (first: number, rest: number): number =>
  first < 0 && rest < 0 ? -1 : Math.max(first, 0) | Math.max(rest, 0);
const nonEmpty = (text: string): ScalarValue => (text === '' ? null : text);

/** Names that stand for whichever elements a record says it with; SiLK's where SiLK has one. */
const ALIASES: readonly Alias[] = [
  ['sIP', 'left', (flow) => nonEmpty(flow.sourceAddress)],
  ['dIP', 'left', (flow) => nonEmpty(flow.destinationAddress)],
  ['sPort', 'right', (flow) => count(flow.sourcePort)],
  ['dPort', 'right', (flow) => count(flow.destinationPort)],
  ['protocol', 'right', (flow) => count(flow.protocol)],
  ['protocolName', 'left', (flow) => (flow.protocol < 0 ? null : protocolName(flow.protocol))],
  ['iType', 'right', (flow) => (flow.isIcmp && flow.destinationPort >= 0 ? flow.destinationPort >>> 8 : null)],
  ['iCode', 'right', (flow) => (flow.isIcmp && flow.destinationPort >= 0 ? flow.destinationPort & 0xff : null)],
  ['packets', 'right', (flow) => count(flow.packets)],
  ['bytes', 'right', (flow) => count(flow.octets)],
  ['reversePackets', 'right', (flow) => count(flow.reversePackets)],
  ['reverseBytes', 'right', (flow) => count(flow.reverseOctets)],
  ['flags', 'left', (flow) => letters(both(flow.initialFlags, flow.unionFlags))],
  ['reverseFlags', 'left', (flow) => letters(both(flow.reverseInitialFlags, flow.reverseUnionFlags))],
  ['initialFlags', 'left', (flow) => letters(flow.initialFlags)],
  ['sessionFlags', 'left', (flow) => letters(flow.unionFlags)],
  ['reverseInitialFlags', 'left', (flow) => letters(flow.reverseInitialFlags)],
  ['reverseSessionFlags', 'left', (flow) => letters(flow.reverseUnionFlags)],
  ['sTime', 'left', (flow) => moment(flow.hasStart, flow.start)],
  ['eTime', 'left', (flow) => moment(flow.hasEnd, flow.end)],
  ['duration', 'right', (flow) => durationValue(flow)],
  ['endReason', 'left', (flow) => nonEmpty(endReasonWord(flow.endReason))],
  ['vlan', 'right', (flow) => count(flow.vlan)],
  ['tos', 'right', (flow) => count(flow.serviceClass)],
  ['reverseTos', 'right', (flow) => count(flow.reverseServiceClass)],
  ['in', 'right', (flow) => count(flow.ingressInterface)],
  ['out', 'right', (flow) => count(flow.egressInterface)],
  ['application', 'right', (flow) => count(flow.applicationLabel)],
  ['sensor', 'right', (flow) => flow.sensor],
  ['communityId', 'left', (flow) => nonEmpty(flow.communityId)],
];

/** What CSV has when no fields are asked for: the same columns whatever the file. */
export const CSV_FIELDS = [
  'sTime',
  'eTime',
  'duration',
  'protocol',
  'sIP',
  'sPort',
  'dIP',
  'dPort',
  'packets',
  'bytes',
  'reversePackets',
  'reverseBytes',
  'initialFlags',
  'sessionFlags',
  'reverseInitialFlags',
  'reverseSessionFlags',
  'endReason',
  'vlan',
] as const;

export const ALIAS_NAMES: readonly string[] = ALIASES.map(([name]) => name);

function durationValue(flow: FlowView): ScalarValue {
  const seconds = flow.durationSeconds;
  return seconds < 0 ? null : Math.round(seconds * 1e6) / 1e6;
}

function aliasColumn([name, align, value]: Alias): Column {
  const sortKeys: Readonly<Record<string, (flow: FlowView) => number | string>> = {
    sIP: (flow) => flow.addressKey(true),
    dIP: (flow) => flow.addressKey(false),
    sTime: (flow) => (flow.hasStart ? flow.start.milliseconds : ABSENT_KEY),
    eTime: (flow) => (flow.hasEnd ? flow.end.milliseconds : ABSENT_KEY),
  };
  const ownKey = sortKeys[name];
  return {
    name,
    align,
    text: (_record, flow) => String(value(flow) ?? ''),
    json: (_record, flow) => jsonText(value(flow)),
    sortKey: (_record, flow) => {
      if (ownKey !== undefined) return ownKey(flow);
      const key = value(flow);
      return typeof key === 'number' || typeof key === 'string' ? key : ABSENT_KEY;
    },
  };
}

const RIGHT_ALIGNED: ReadonlySet<AbstractDataType> = new Set<AbstractDataType>([
  'unsigned8',
  'unsigned16',
  'unsigned32',
  'unsigned64',
  'signed8',
  'signed16',
  'signed32',
  'signed64',
  'float32',
  'float64',
]);

/** One Information Element as the records have it. */
class ElementColumn implements Column {
  readonly name: string;
  readonly align: 'left' | 'right';
  readonly #element: InformationElement;
  readonly #indexes = new WeakMap<Template, number>();
  #template: Template | null = null;
  #index = -1;

  constructor(element: InformationElement) {
    this.name = element.name;
    this.align = RIGHT_ALIGNED.has(element.type) ? 'right' : 'left';
    this.#element = element;
  }

  text(record: DataRecord): string {
    const index = this.#indexIn(record.template);
    if (index < 0) return '';
    const type = record.template.fields[index].element.type;
    const { octets, spans, context } = record;
    const [offset, length] = [spans.offsets[index], spans.lengths[index]];
    if (isList(type)) return length === 0 ? '' : fieldJson(octets, offset, length, type, context);
    return printableText(String(scalarValue(octets, offset, length, type) ?? ''));
  }

  json(record: DataRecord): string {
    const index = this.#indexIn(record.template);
    if (index < 0) return 'null';
    const { octets, spans, context } = record;
    const type = record.template.fields[index].element.type;
    return fieldJson(octets, spans.offsets[index], spans.lengths[index], type, context);
  }

  /** By value: integers and floats as numbers, times and addresses by their octets. */
  sortKey(record: DataRecord): number | string {
    const index = this.#indexIn(record.template);
    if (index < 0) return ABSENT_KEY;
    const { octets, spans } = record;
    const [offset, length] = [spans.offsets[index], spans.lengths[index]];
    const type = record.template.fields[index].element.type;
    if (length === 0) return ABSENT_KEY;
    if (type.startsWith('unsigned') && length <= 8) return readUnsigned(octets, offset, length);
    if (type.startsWith('signed') || type.startsWith('float')) {
      const value = scalarValue(octets, offset, length, type);
      return typeof value === 'number' ? value : Number.NEGATIVE_INFINITY;
    }
    return octets.toString('latin1', offset, offset + Math.min(length, MAX_KEY_OCTETS));
  }

  #indexIn(template: Template): number {
    if (template === this.#template) return this.#index;
    let index = this.#indexes.get(template);
    if (index === undefined) {
      const { pen, id } = this.#element;
      index = template.fields.findIndex(({ element }) => element.pen === pen && element.id === id);
      this.#indexes.set(template, index);
    }
    this.#template = template;
    this.#index = index;
    return index;
  }
}

function isList(type: AbstractDataType): boolean {
  return type === 'basicList' || type === 'subTemplateList' || type === 'subTemplateMultiList';
}

/** The column of a name: an alias, an Information Element, or `pen/id`; undefined when there is none. */
export function columnOf(name: string, model: InformationModel): Column | undefined {
  const folded = name.toLowerCase();
  const alias = ALIASES.find(([known]) => known === name) ?? ALIASES.find(([known]) => known.toLowerCase() === folded);
  if (alias !== undefined) return aliasColumn(alias);
  const element = model.find(name);
  return element === undefined ? metadataColumn(name) : new ElementColumn(element);
}

/** Up to three names that someone may have meant. */
export function similarNames(name: string, model: InformationModel): string[] {
  const folded = name.toLowerCase();
  return [...ALIAS_NAMES, ...METADATA_NAMES, ...model.names()]
    .map((known) => ({ known, distance: editDistance(folded, known.toLowerCase()) }))
    .filter(({ known, distance }) => distance <= Math.max(2, Math.floor(known.length / 4)))
    .sort((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ known }) => known);
}

/** Levenshtein's distance: characters to insert, delete or replace. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = row[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[right.length];
}
