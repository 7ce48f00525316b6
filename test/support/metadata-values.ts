import fs from 'node:fs';

import { KINDS, type TsharkRow } from './metadata-kinds.js';
import type { InspectedFlow } from './inspect.js';

/** Values of metadata of one kind in one conversation, as text, for comparison with those of tshark. */
export type Values = Map<string, Set<string>>;

/** tshark's values of all packets, by conversation and kind. */
export function tsharkValues(file: string): Values {
  const values: Values = new Map();
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const row = JSON.parse(line) as TsharkRow;
    // What is not carried by IP has no flow.
    if (row.src === '') continue;
    // Of a packet in a tunnel tshark's addresses are the outer ones: its ports must do.
    const isInner = row.tunnel === true;
    const ends = conversation(row.proto, [isInner ? '' : row.src, row.sport], [isInner ? '' : row.dst, row.dport]);
    for (const [kind, { tshark }] of Object.entries(KINDS)) note(values, `${ends} ${kind}`, tshark(row));
  }
  return values;
}

/** weir's values of all flows, by conversation and kind. */
export function weirValues(flows: readonly InspectedFlow[]): Values {
  const values: Values = new Map();
  for (const flow of flows) {
    const end = (which: string): End => [
      String(flow[`${which}IPv4Address`] ?? flow[`${which}IPv6Address`]),
      Number(flow[`${which}TransportPort`]),
    ];
    const protocol = Number(flow['protocolIdentifier']);
    const [source, destination] = [end('source'), end('destination')];
    const ends = conversation(protocol, source, destination);
    const ports = conversation(protocol, ['', source[1]], ['', destination[1]]);
    for (const [kind, { weir }] of Object.entries(KINDS)) {
      const list = weir(flow).map(String);
      note(values, `${ends} ${kind}`, list);
      note(values, `${ports} ${kind}`, list);
    }
  }
  return values;
}

type End = readonly [address: string, port: number];

function conversation(protocol: number, one: End, other: End): string {
  return `${protocol} ${[one.join(' '), other.join(' ')].sort().join(' - ')}:`;
}

function note(values: Values, key: string, list: readonly string[]): void {
  if (list.length === 0) return;
  let set = values.get(key);
  if (set === undefined) values.set(key, (set = new Set()));
  for (const value of list) set.add(plainText(value));
}

/**
 * Text that both write in the same way: octets that are no UTF-8 are `\xHH` here and U+FFFD there, control characters
 * `\ddd` there, and dots in labels have a backslash here.
 */
function plainText(text: string): string {
  return (
    text
      .replaceAll(/\\x[0-9a-f]{2}/g, '\ufffd')
      .replaceAll(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number(digits)))
      .replaceAll('\\r', '\r')
      .replaceAll('\\n', '\n')
      .replaceAll('\\t', '\t')
      // A field of a mail's header goes on behind a line's end.
      .replaceAll(/\r?\n[\t ]/g, ' ')
      .replaceAll('\\', '')
      .replaceAll(/\ufffd+/g, '\ufffd')
  );
}
