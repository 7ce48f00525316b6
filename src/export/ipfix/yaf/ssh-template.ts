import { itemEnd } from '../../../dpi/metadata-items.js';
import { Item } from '../../../dpi/metadata.js';
import { type DetailsWriter, NONE } from './details-writer.js';
import {
  type DetailField,
  fixedOctets,
  madeText,
  type Numbers,
  subTemplate,
  type SubTemplate,
  text,
} from './sub-template.js';

const HASH_OCTETS = 16;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;

/** YAF's record of an SSH connection: versions, what was agreed on, and HASSH. */
export function sshTemplate(numbers: Numbers): SubTemplate {
  const client = numbers('clientAlgorithms');
  const server = numbers('serverAlgorithms');
  const agreed = (element: string, name: string): DetailField => {
    const number = numbers(`algorithms.${name}`);
    return madeText(element, (writer, from, to, start) => addAgreed(writer, client, server, number, from, to, start));
  };
  /** All names that HASSH is made of. */
  const algorithms = (element: string, group: number, way: string): DetailField => {
    const lists = ['keyExchange', `cipherTo${way}`, `macTo${way}`, `compressionTo${way}`].map((name) =>
      numbers(`algorithms.${name}`),
    );
    return madeText(element, (writer, from, to, start) => addAll(writer, group, lists, from, to, start));
  };
  return subTemplate(0xcc01, [
    text('sshVersion', numbers('clientVersion')),
    text('sshServerVersion', numbers('serverVersion')),
    agreed('sshKeyExchangeAlgorithm', 'keyExchange'),
    agreed('sshHostKeyAlgorithm', 'hostKey'),
    fixedOctets('sshServerHostKey', NONE, HASH_OCTETS),
    agreed('sshCipher', 'cipherToServer'),
    agreed('sshMacAlgorithm', 'macToServer'),
    agreed('sshCompressionMethod', 'compressionToServer'),
    fixedOctets('sshHassh', numbers('hassh'), HASH_OCTETS),
    fixedOctets('sshServerHassh', numbers('hasshServer'), HASH_OCTETS),
    algorithms('sshHasshAlgorithms', client, 'Server'),
    algorithms('sshServerHasshAlgorithms', server, 'Client'),
  ]);
}

/** The item of a list of names in the group of one side; `NONE` without one. */
function listOf(writer: DetailsWriter, group: number, number: number, from: number, to: number): number {
  const item = writer.first(group, from, to);
  if (item === NONE) return NONE;
  return writer.first(number, item + Item.HeaderOctets, itemEnd(writer.source, item));
}

/** The client's first name that the server has, too (RFC 4253 §7.1). */
function addAgreed(
  writer: DetailsWriter,
  client: number,
  server: number,
  number: number,
  from: number,
  to: number,
  start: number,
): void {
  const offered = listOf(writer, client, number, from, to);
  const taken = listOf(writer, server, number, from, to);
  if (offered === NONE || taken === NONE) return;
  const { source } = writer;
  const end = itemEnd(source, offered);
  for (let p = offered + Item.HeaderOctets; p < end;) {
    let next = p;
    while (next < end && source[next] !== COMMA) next++;
    if (hasName(source, taken, p, next)) return writer.addOctets(source, p, next, start);
    p = next + 1;
  }
}

/** Whether the list has the name from `from` to `to`. */
function hasName(source: Uint8Array, list: number, from: number, to: number): boolean {
  const end = itemEnd(source, list);
  for (let p = list + Item.HeaderOctets; p < end;) {
    let next = p;
    while (next < end && source[next] !== COMMA) next++;
    if (next - p === to - from) {
      let n = 0;
      while (n < to - from && source[p + n] === source[from + n]) n++;
      if (n === to - from) return true;
    }
    p = next + 1;
  }
  return false;
}

function addAll(
  writer: DetailsWriter,
  group: number,
  lists: readonly number[],
  from: number,
  to: number,
  start: number,
): void {
  if (writer.first(group, from, to) === NONE) return;
  for (let n = 0; n < lists.length; n++) {
    if (n > 0) writer.addCharacter(SEMICOLON, start);
    const item = listOf(writer, group, lists[n], from, to);
    if (item !== NONE) writer.addText(item, start);
  }
}
