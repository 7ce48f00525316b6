import { ElementType } from '../../dpi/protocol.js';
import { PAYLOAD_OWNER, REGISTRY } from '../../dpi/registry.js';
import { Present } from '../../flow/flow-field.js';
import { DerivedFormat, type ExportField } from './export-field.js';

/**
 * Metadata in flat records: an Information Element takes the first value that inspection found for it (`Element.ie`). The
 * elements of protocols that share some, such as TLS and QUIC, are one family; a record has the elements of the families of
 * which it has a value, so that flows without metadata pay nothing for it and Templates stay few.
 */
export interface MetadataField {
  /** Name of the Information Element. */
  readonly element: string;
  /** Family, counted from 1; 0 for what payload begins with. */
  readonly family: number;
  /** Numbers of the elements of `REGISTRY` that it may come from. */
  readonly numbers: readonly number[];
}

/** In the order of the protocols and their elements. */
export const METADATA_FIELDS: readonly MetadataField[] = fieldsOf(familyNumbers());

/** Protocols by family. */
export const METADATA_FAMILIES: readonly (readonly string[])[] = familyNames(familyNumbers());

/** The fields of what inspection finds. */
export function metadataFields(): ExportField[] {
  return METADATA_FIELDS.flatMap(({ element, family }, number) =>
    family === 0 ? [] : [{ element, source: 0, format: DerivedFormat.FirstValue, shift: number, family }],
  );
}

/** The fields of what payload begins with. */
export function payloadFields(): ExportField[] {
  return METADATA_FIELDS.flatMap(({ element, family }, number) => {
    if (family !== 0) return [];
    const when = element.startsWith('reverse') ? Present.Payload | Present.Reverse : Present.Payload;
    return [{ element, source: 0, format: DerivedFormat.FirstValue, shift: number, when }];
  });
}

/** Family of each owner of elements that have an Information Element: owners that share one are of the same. */
function familyNumbers(): ReadonlyMap<string, number> {
  const leaders = new Map<string, string>();
  const leaderOf = (owner: string): string => {
    const leader = leaders.get(owner) ?? owner;
    return leader === owner ? owner : leaderOf(leader);
  };
  const firstOwner = new Map<string, string>();
  for (const { element, owner } of REGISTRY.elements) {
    if (element.ie === undefined || element.type === ElementType.Group) continue;
    leaders.set(owner, leaderOf(owner));
    const first = firstOwner.get(element.ie);
    if (first === undefined) firstOwner.set(element.ie, owner);
    else leaders.set(leaderOf(owner), leaderOf(first));
  }
  const order = [...new Set([...leaders.keys()].map(leaderOf))].filter((owner) => owner !== PAYLOAD_OWNER);
  return new Map([...leaders.keys()].map((owner) => [owner, order.indexOf(leaderOf(owner)) + 1]));
}

function fieldsOf(families: ReadonlyMap<string, number>): MetadataField[] {
  const fields = new Map<string, { element: string; family: number; numbers: number[] }>();
  REGISTRY.elements.forEach(({ element, owner }, number) => {
    const { ie } = element;
    if (ie === undefined || element.type === ElementType.Group) return;
    const known = fields.get(ie);
    if (known === undefined) fields.set(ie, { element: ie, family: families.get(owner) ?? 0, numbers: [number] });
    else known.numbers.push(number);
  });
  return [...fields.values()].sort((one, other) => one.family - other.family);
}

function familyNames(families: ReadonlyMap<string, number>): string[][] {
  const names: string[][] = [];
  for (const [owner, family] of families) (names[family] ??= []).push(owner);
  return names.map((each) => each ?? []);
}
