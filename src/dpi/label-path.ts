import { DpiState, Path } from './flow-state.js';
import { REGISTRY } from './registry.js';

const NAMES = REGISTRY.all.map(({ protocol }) => Uint8Array.from(Buffer.from(protocol.name)));
const DOT = 0x2e;

/** Octets of a label name at most; of a path `Path.Longest` times as many, and dots. */
export const LONGEST_LABEL = NAMES.reduce((longest, name) => Math.max(longest, name.length), 0);

/** Writes the name of the label that a record's state and path words say; answers where it ends. */
export function writeLabel(octets: Uint8Array, at: number, state: number, path: number): number {
  const place = (state & DpiState.LabelMask) >>> DpiState.LabelShift;
  return writeName(octets, at, (path >>> (Path.Bits * place)) & Path.Mask);
}

/** Writes the whole path, outermost protocol first, with dots between. */
export function writeLabelPath(octets: Uint8Array, at: number, path: number): number {
  let p = at;
  for (let n = 0; n < Path.Longest; n++) {
    const number = (path >>> (Path.Bits * n)) & Path.Mask;
    if (number === 0) break;
    if (n > 0) octets[p++] = DOT;
    p = writeName(octets, p, number);
  }
  return p;
}

function writeName(octets: Uint8Array, at: number, number: number): number {
  if (number === 0) return at;
  const name = NAMES[number - 1];
  for (let n = 0; n < name.length; n++) octets[at + n] = name[n];
  return at + name.length;
}
