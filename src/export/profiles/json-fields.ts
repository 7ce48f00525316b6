import { Format } from '../../flow/flow-field.js';
import { W } from '../../flow/flow-record.js';
import { DerivedFormat } from '../fields/export-field.js';
import type { ProfileOverride } from './profile.js';

/** What the profiles that write JSON as other programs do have in common. */

/** Protocols by number, as /etc/protocols has them. */
export const PROTOCOL_NAMES: readonly (string | undefined)[] = namesOf({
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPIP',
  6: 'TCP',
  17: 'UDP',
  33: 'DCCP',
  41: 'IPv6',
  46: 'RSVP',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'IPv6-ICMP',
  89: 'OSPF',
  103: 'PIM',
  112: 'VRRP',
  115: 'L2TP',
  132: 'SCTP',
  136: 'UDPLite',
});

export function namesOf(names: Readonly<Record<number, string>>): (string | undefined)[] {
  const list: (string | undefined)[] = [];
  for (const [value, name] of Object.entries(names)) list[Number(value)] = name;
  return list;
}

/** A key whose value is always the same. */
export function literal(key: string, value: unknown, conditions: Partial<ProfileOverride> = {}): ProfileOverride {
  const json = JSON.stringify(value);
  return { element: key, key, source: 0, format: DerivedFormat.Literal, text: json, textType: 'list', ...conditions };
}

/** The protocol's name. */
export function protocol(key: string, names: readonly (string | undefined)[]): ProfileOverride {
  return { element: 'protocolIdentifier', key, format: DerivedFormat.Name, names, textType: 'string' };
}

/** Bits of the word with the ports, which hold type and code of ICMP, and of the word with the VLAN ids. */
export function wordBits(
  key: string,
  source: W,
  shift: number,
  bits: number,
  when: number,
  unless = 0,
): ProfileOverride {
  return { element: key, key, source, format: Format.Unsigned, shift, bits, when, unless, textType: 'number' };
}
