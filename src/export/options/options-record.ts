import { type InformationElement, InformationModel } from '../../ipfix/information-model.js';
import { VARIABLE_LENGTH } from '../../ipfix/template.js';
import { elementNamed, naturalOctets } from '../fields/elements.js';
import { type FieldSpecifier, templateRecord } from '../ipfix/ipfix-template.js';
import type { MessageTotals } from '../message-encoder.js';
import type { ExportStatistics } from './statistics-record.js';
import { variableLengthOctets, writeVariableLength } from '../ipfix/variable-length.js';

/** Who exports: the scope of what it tells about itself. */
export interface ExporterIdentity {
  readonly observationDomainId: number;
  readonly exportingProcessId: number;
  /** Dotted. */
  readonly exporterIPv4Address: string;
}

/** This process, without an address unless one is given. */
export function exporterIdentity(
  observationDomainId: number,
  given: Partial<Omit<ExporterIdentity, 'observationDomainId'>> = {},
): ExporterIdentity {
  const { exportingProcessId = process.pid, exporterIPv4Address = '0.0.0.0' } = given;
  return { observationDomainId, exportingProcessId, exporterIPv4Address };
}

/** An interface that packets were captured on. */
export interface ExportedInterface {
  /** As in `ingressInterface`, so from 1 on. */
  readonly number: number;
  readonly name: string;
  readonly description: string;
}

/** An application that flows are labelled with. */
export interface ExportedApplication {
  /** applicationId (RFC 6759 §4): a classification engine, and a selector of its own. */
  readonly id: Uint8Array;
  readonly name: string;
}

/** What an exporter of IPFIX tells about itself. */
export interface SelfDescription {
  /** Default: this process, and no address. */
  readonly exporter?: Partial<Omit<ExporterIdentity, 'observationDomainId'>>;
  readonly knowledge?: ExporterKnowledge;
}

/** What those know that give an exporter its records; each is asked anew whenever it is told. */
export interface ExporterKnowledge {
  /** Interfaces that records may name. Default: none. */
  readonly interfaces?: () => readonly ExportedInterface[];
  /** Applications that records may name. Default: none. */
  readonly applications?: () => readonly ExportedApplication[];
}

/** What left so far. */
export interface SentCounts extends MessageTotals {
  readonly flowRecords: number;
}

/** What an exporter knows of itself at one moment. */
export interface ExporterState {
  readonly exporter: ExporterIdentity;
  readonly sent: SentCounts;
  readonly interfaces: readonly ExportedInterface[];
  readonly applications: readonly ExportedApplication[];
  /** Elements of the records that are not IANA's. */
  readonly enterpriseElements: readonly InformationElement[];
}

/**
 * When records are written: in files `constant` ones at the beginning, `growing` ones there and at the end, where more may be
 * known, `statistics` from time to time and at the end; over the network `constant` and `growing` ones in front of all flows of a
 * session and with each of the `statistics`.
 */
export type OptionsOccasion = 'constant' | 'growing' | 'statistics';

/** Text and octets for elements of variable length and sized ones, cut when too long; a number for the others. */
export type OptionsValue = number | string | Uint8Array;

/** One kind of Options Data Records (RFC 7011 §3.4.2): what an IPFIX exporter tells about itself. */
export interface OptionsRecord {
  readonly id: number;
  readonly occasion: OptionsOccasion;
  /** The elements, those of the scope first. */
  readonly specifiers: readonly FieldSpecifier[];
  /** Each record has a Set of its own. */
  readonly isAlone: boolean;
  /** The Options Template Record as it stands in a Set (§3.4.2.2). */
  readonly template: Uint8Array;
  /** The Data Records of that moment, as the Template lays them out. Without statistics there are none of `statistics`. */
  records(state: ExporterState, statistics: ExportStatistics | null): readonly Uint8Array[];
}

/**
 * An element of variable length whose values all have so many octets, with 0 behind shorter ones: nfcapd and nfacctd do not read
 * options records of variable length, and lose count of them.
 */
export interface SizedElement {
  readonly element: string;
  readonly octets: number;
}

export interface OptionsDefinition {
  /** Never used for other content. */
  readonly id: number;
  readonly occasion: OptionsOccasion;
  /** Names the Observation Domain where it matters: the record may stand in messages of another one. */
  readonly scope: readonly (string | SizedElement)[];
  readonly elements: readonly (string | SizedElement)[];
  /** Default: records stand together in Sets. */
  readonly isAlone?: boolean;
  /** The values of each record, those of the scope first. */
  values(state: ExporterState, statistics: ExportStatistics | null): readonly (readonly OptionsValue[])[];
}

/** Makes a kind of Options Records of elements and values. An Error when an element has no such name. */
export function defineOptions(definition: OptionsDefinition): OptionsRecord {
  const { id, occasion, scope, elements, isAlone = false } = definition;
  const model = new InformationModel();
  const specifiers = [...scope, ...elements].map((each) => {
    if (typeof each !== 'string') return { element: elementNamed(each.element, model), octets: each.octets };
    const element = elementNamed(each, model);
    return { element, octets: isVariable(element) ? VARIABLE_LENGTH : naturalOctets(element) };
  });
  return {
    id,
    occasion,
    specifiers,
    isAlone,
    template: templateRecord(id, specifiers, scope.length),
    records: (state, statistics) =>
      definition
        .values(state, statistics)
        .map((values) => Buffer.concat(specifiers.map(({ octets }, n) => encoded(values[n], octets)))),
  };
}

function isVariable({ type }: InformationElement): boolean {
  return type === 'string' || type === 'octetArray';
}

/** Longer texts are cut: whoever has such names does not need all of them, and a record must fit a datagram. */
const MOST_TEXT_OCTETS = 128;

function encoded(value: OptionsValue, length: number): Uint8Array {
  if (typeof value === 'number') return unsigned(value, length);
  const most = Math.min(length, MOST_TEXT_OCTETS);
  const content = typeof value === 'string' ? utf8(value, most) : value.subarray(0, most);
  if (length !== VARIABLE_LENGTH) return Buffer.concat([content], length);
  const octets = Buffer.alloc(variableLengthOctets(content.length) + content.length);
  octets.set(content, writeVariableLength(octets, 0, content.length));
  return octets;
}

/** Whole characters only. */
function utf8(text: string, most: number): Uint8Array {
  const octets = Buffer.alloc(most);
  return octets.subarray(0, octets.write(text, 'utf8'));
}

/** A whole number in that many octets; the largest that they hold when it is larger, 0 when it is none. */
function unsigned(value: number, length: number): Uint8Array {
  const octets = Buffer.alloc(length);
  const whole = Number.isFinite(value) && value > 0 ? BigInt(Math.floor(value)) : 0n;
  const largest = (1n << BigInt(8 * length)) - 1n;
  let rest = whole < largest ? whole : largest;
  for (let at = length - 1; at >= 0; at--) {
    octets[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return octets;
}
