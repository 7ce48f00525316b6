import { BASIS_NAMES, CONFIDENCE_NAMES, DpiState, DpiWord, Path, ServiceBits } from './flow-state.js';
import { REGISTRY } from './registry.js';
import { RULE_NAMES } from './rules/rule-names.js';
import { RuleBound } from './rules/rule-tables.js';

const NAMES = REGISTRY.all.map(({ protocol }) => Uint8Array.from(Buffer.from(protocol.name)));
const DOT = 0x2e;
const CONFIDENCES = CONFIDENCE_NAMES.map((name) => Uint8Array.from(Buffer.from(name)));
const RULE = Buffer.from('rule.');
const BASES = BASIS_NAMES.map((name) => Uint8Array.from([...RULE, ...Buffer.from(name)]));

/** Octets of a label name at most; of a path `Path.Longest` plus one times as many, and dots. */
export const LONGEST_LABEL = NAMES.reduce((longest, name) => Math.max(longest, name.length), RuleBound.Name);

/** Writes the name of the label that inspection gives, as a record's state and path words say; answers where it ends. */
export function writeLabel(octets: Uint8Array, at: number, state: number, path: number): number {
  return writeName(octets, at, labelPlace(state, path));
}

/** Writes the name of the application, `DpiWord` words of it from `w` on: what a rule says, else the label. */
export function writeApplication(octets: Uint8Array, at: number, words: Int32Array, w: number): number {
  const service = words[w + DpiWord.Service] & ServiceBits.NameMask;
  if (service !== 0) return writeName(octets, at, service);
  return writeLabel(octets, at, words[w + DpiWord.State], words[w + DpiWord.Path]);
}

/** Writes the protocol: the label of inspection, what a rule says where there is none. */
export function writeProtocol(octets: Uint8Array, at: number, words: Int32Array, w: number): number {
  if (words[w + DpiWord.Path] === 0) return writeName(octets, at, words[w + DpiWord.Service] & ServiceBits.NameMask);
  return writeLabel(octets, at, words[w + DpiWord.State], words[w + DpiWord.Path]);
}

/** Writes the whole path, outermost protocol first and a rule's label last, with dots between. */
export function writeLabelPath(octets: Uint8Array, at: number, words: Int32Array, w: number): number {
  const path = words[w + DpiWord.Path];
  const service = words[w + DpiWord.Service] & ServiceBits.NameMask;
  let p = at;
  let last = 0;
  for (let n = 0; n < Path.Longest; n++) {
    const number = (path >>> (Path.Bits * n)) & Path.Mask;
    if (number === 0) break;
    if (n > 0) octets[p++] = DOT;
    p = writeName(octets, p, number);
    last = number;
  }
  if (service === 0 || service === last) return p;
  if (last !== 0) octets[p++] = DOT;
  return writeName(octets, p, service);
}

/** Writes what the application rests on: `Basis` of the rule that named it, else `Confidence` of inspection. */
export function writeEvidence(octets: Uint8Array, at: number, words: Int32Array, w: number): number {
  const service = words[w + DpiWord.Service];
  const text =
    (service & ServiceBits.NameMask) !== 0
      ? BASES[(service & ServiceBits.BasisMask) >>> ServiceBits.BasisShift]
      : CONFIDENCES[(words[w + DpiWord.State] & DpiState.ConfidenceMask) >>> DpiState.ConfidenceShift];
  for (let n = 0; n < text.length; n++) octets[at + n] = text[n];
  return at + text.length;
}

/** Place of the label of inspection in the list of names, 0 without one. */
export function labelPlace(state: number, path: number): number {
  const place = (state & DpiState.LabelMask) >>> DpiState.LabelShift;
  return (path >>> (Path.Bits * place)) & Path.Mask;
}

function writeName(octets: Uint8Array, at: number, place: number): number {
  if (place === 0) return at;
  if (place > NAMES.length) return writeText(octets, at, RULE_NAMES.at(place)?.name ?? '');
  const name = NAMES[place - 1];
  for (let n = 0; n < name.length; n++) octets[at + n] = name[n];
  return at + name.length;
}

/** Names of rules are ASCII. */
function writeText(octets: Uint8Array, at: number, text: string): number {
  for (let n = 0; n < text.length; n++) octets[at + n] = text.charCodeAt(n);
  return at + text.length;
}
