import { INFORMATION_ELEMENT_ROWS } from './information-elements.generated.js';

/** Private enterprise number of the IANA registry's own elements. */
export const IANA_PEN = 0;
/** CERT (Software Engineering Institute): the elements of YAF and SiLK. */
export const CERT_PEN = 6871;
/** RFC 5103 §6.1: the reverse of the IANA element with the same id. */
export const REVERSE_PEN = 29305;
/** The reverse of CERT's element n is element n | 0x4000. */
export const CERT_REVERSE_BIT = 0x4000;

/** RFC 7012 §3.1, in the order of the codes of RFC 5610 §3.1. */
export const ABSTRACT_DATA_TYPES = [
  'octetArray',
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
  'boolean',
  'macAddress',
  'string',
  'dateTimeSeconds',
  'dateTimeMilliseconds',
  'dateTimeMicroseconds',
  'dateTimeNanoseconds',
  'ipv4Address',
  'ipv6Address',
  'basicList',
  'subTemplateList',
  'subTemplateMultiList',
] as const;

/** RFC 7012 §3.2 and RFC 8038, in the order of the codes of RFC 5610 §3.6. */
export const DATA_TYPE_SEMANTICS = [
  'default',
  'quantity',
  'totalCounter',
  'deltaCounter',
  'identifier',
  'flags',
  'list',
  'snmpCounter',
  'snmpGauge',
] as const;

export type AbstractDataType = (typeof ABSTRACT_DATA_TYPES)[number];
export type DataTypeSemantics = (typeof DATA_TYPE_SEMANTICS)[number];

export type InformationElementRow = readonly [
  pen: number,
  id: number,
  name: string,
  type: AbstractDataType,
  semantics: DataTypeSemantics,
  units: string,
  status?: 'deprecated' | 'obsolete',
];

export interface InformationElement {
  /** Enterprise number, 0 for IANA's own. */
  readonly pen: number;
  /** Element id without the enterprise bit, 15 bits. */
  readonly id: number;
  /** Name in the registry; `reverse…` for a reverse element; `pen/id` when the element is not known. */
  readonly name: string;
  readonly type: AbstractDataType;
  readonly semantics: DataTypeSemantics;
  /** As the registry writes them (`octets`, `milliseconds`); empty when there are none. */
  readonly units: string;
  /** Tells of the responder's direction in a biflow (RFC 5103). */
  readonly reverse: boolean;
}

/** What a type record of the stream (RFC 5610) says of an element. */
export interface ElementDescription {
  readonly pen: number;
  readonly id: number;
  readonly type: AbstractDataType;
  readonly semantics: DataTypeSemantics;
  readonly name: string;
}

/** Elements that a stream may describe; further descriptions are ignored and counted. */
export const MAX_DESCRIBED_ELEMENTS = 16_384;

interface Registry {
  readonly byKey: ReadonlyMap<number, InformationElement>;
  readonly byName: ReadonlyMap<string, InformationElement>;
}

function elementKey(pen: number, id: number): number {
  return pen * 65_536 + id;
}

function reverseName(name: string): string {
  return `reverse${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Elements that already speak of the reverse direction have no reverse themselves. */
function isReversible(name: string): boolean {
  return !name.startsWith('reverse') && !name.startsWith('obsoleteReverse');
}

function buildRegistry(): Registry {
  const byKey = new Map<number, InformationElement>();
  const byName = new Map<string, InformationElement>();
  const reverses: InformationElement[] = [];
  const add = (element: InformationElement): void => {
    byKey.set(elementKey(element.pen, element.id), element);
    // Two registries may use one name (httpUserAgent): the first listed, IANA's, is what the bare name means.
    if (!byName.has(element.name)) byName.set(element.name, element);
  };
  for (const [pen, id, name, type, semantics, units] of INFORMATION_ELEMENT_ROWS) {
    const element: InformationElement = { pen, id, name, type, semantics, units, reverse: !isReversible(name) };
    add(element);
    if (element.reverse || (pen !== IANA_PEN && pen !== CERT_PEN)) continue;
    const isIana = pen === IANA_PEN;
    reverses.push({
      pen: isIana ? REVERSE_PEN : pen,
      id: isIana ? id : id | CERT_REVERSE_BIT,
      name: reverseName(name),
      type,
      semantics,
      units,
      reverse: true,
    });
  }
  reverses.forEach(add);
  return { byKey, byName };
}

let registry: Registry | null = null;

function sharedRegistry(): Registry {
  registry ??= buildRegistry();
  return registry;
}

/**
 * The elements of IANA and CERT with their reverse elements, some of other enterprises, and on top of them what one stream says of its own.
 * A stream's descriptions never change an element of the registry (RFC 5610 §5).
 */
export class InformationModel {
  readonly #registry = sharedRegistry();
  readonly #described = new Map<number, InformationElement>();
  #revision = 0;
  #ignoredDescriptions = 0;

  /** Grows whenever `lookup` may answer otherwise than before. */
  get revision(): number {
    return this.#revision;
  }

  /** Descriptions that came after `MAX_DESCRIBED_ELEMENTS` others. */
  get ignoredDescriptions(): number {
    return this.#ignoredDescriptions;
  }

  /** Always answers: an unknown element is an octetArray named `pen/id`. */
  lookup(pen: number, id: number): InformationElement {
    const key = elementKey(pen, id);
    return this.#registry.byKey.get(key) ?? this.#described.get(key) ?? unknownElement(pen, id);
  }

  /** The element of a registry name or of the form `pen/id`; names match in any letter case when no exact name does. */
  find(name: string): InformationElement | undefined {
    const exact = this.#registry.byName.get(name);
    if (exact !== undefined) return exact;
    const numbers = /^(\d{1,10})\/(\d{1,5})$/.exec(name);
    if (numbers !== null) {
      const [pen, id] = [Number(numbers[1]), Number(numbers[2])];
      return pen <= 0xffff_ffff && id <= 0x7fff ? this.lookup(pen, id) : undefined;
    }
    const folded = name.toLowerCase();
    for (const [known, element] of this.#registry.byName) if (known.toLowerCase() === folded) return element;
    return undefined;
  }

  /** Names of the registry, IANA's first. */
  names(): Iterable<string> {
    return this.#registry.byName.keys();
  }

  /** Takes in a type record of the stream. The name is used when it is plain and means nothing else yet. */
  describe(description: ElementDescription): void {
    const { pen, id, type, semantics, name } = description;
    const key = elementKey(pen, id);
    if (pen === IANA_PEN || pen === REVERSE_PEN || this.#registry.byKey.has(key)) return;
    const known = this.#described.get(key);
    if (known === undefined && this.#described.size >= MAX_DESCRIBED_ELEMENTS) {
      this.#ignoredDescriptions++;
      return;
    }
    const plain = /^[A-Za-z][\w.-]{0,127}$/.test(name) && !this.#registry.byName.has(name);
    const shownName = plain ? name : `${pen}/${id}`;
    if (known?.type === type && known.semantics === semantics && known.name === shownName) return;
    this.#described.set(key, { pen, id, name: shownName, type, semantics, units: '', reverse: false });
    this.#revision++;
  }
}

function unknownElement(pen: number, id: number): InformationElement {
  return { pen, id, name: `${pen}/${id}`, type: 'octetArray', semantics: 'default', units: '', reverse: false };
}
