import { ascii, isDigit, mayStartWith, startsWith } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  Sender = 1,
  Target = 2,
  Types = 3,
}

const START = ascii('8=');
const FIX = ascii('FIX');
const LENGTH = ascii('\x019=');
const enum Bound {
  Version = 12,
  Header = 256,
  Messages = 32,
  Body = 100_000,
}

export const fix: Protocol = {
  name: 'fix',
  title: 'Financial Information Exchange',
  evidence: 'the fields 8 and 9 that begin each message: version and length',
  transports: Transport.Tcp,
  ports: [],
  first: [0x38],
  elements: [
    { name: 'version', type: ElementType.Text, max: 12 },
    { name: 'sender', type: ElementType.Text },
    { name: 'target', type: ElementType.Text },
    { name: 'types', type: ElementType.Text, max: 4, many: true },
  ],

  recognise(octets, from, to, flow) {
    if (!mayStartWith(octets, from, to, START)) return Verdict.NoMatch;
    const end = fieldEnd(octets, from + 2, Math.min(to, from + 2 + Bound.Version));
    if (end < 0) return to - from > Bound.Version || flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    if (end + 4 > to) return mayStartWith(octets, end, to, LENGTH) && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
    const isMessage = startsWith(octets, end, to, LENGTH) && isDigit(octets[end + 3]);
    return isMessage && end > from + 2 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 3,
    window: 4_096,
    extract(octets, from, to, flow) {
      if (!mayStartWith(octets, from, to, START)) return Extract.EndDirection;
      const version = fieldEnd(octets, from, Math.min(to, from + 32));
      if (version < 0) return wait(to - from, 32, flow);
      const length = fieldEnd(octets, version + 1, Math.min(to, version + 16));
      if (length < 0) return wait(to - from, 48, flow);
      const body = bodyOctets(octets, version + 3, length);
      if (body < 0 || body > Bound.Body) return Extract.EndDirection;
      const header = length + 1 + Math.min(body, Bound.Header);
      if (to < header) return wait(to - from, 1_024, flow);
      write(octets, from, version, length + 1, header, flow);
      // The checksum follows: 10=nnn and the separator.
      return ++flow.words[flow.memory] >= Bound.Messages ? Extract.End : length + 1 + body + 7 - from;
    },
  },
};

function fieldEnd(octets: Uint8Array, from: number, to: number): number {
  for (let p = from; p < to; p++) if (octets[p] === 0x01) return p;
  return -1;
}

function wait(octets: number, most: number, flow: FlowView): number {
  return flow.isLast || octets >= most ? Extract.EndDirection : Extract.More;
}

function bodyOctets(octets: Uint8Array, from: number, to: number): number {
  let value = -1;
  for (let p = from; p < to && isDigit(octets[p]); p++) value = (value < 0 ? 0 : value) * 10 + octets[p] - 0x30;
  return value;
}

function write(octets: Uint8Array, from: number, version: number, body: number, to: number, flow: FlowView): void {
  const { out, words, memory } = flow;
  const isFirst = words[memory + 1] === 0;
  words[memory + 1] = 1;
  if (isFirst && startsWith(octets, from + 2, to, FIX)) out.text(Place.Version, octets, from + 2, version);
  for (let p = body, n = 0; n < 16 && p < to; n++) {
    const end = fieldEnd(octets, p, to);
    if (end < 0) return;
    const isThree = octets[p] === 0x33 && octets[p + 1] === 0x35 && octets[p + 2] === 0x3d;
    const isSender = octets[p] === 0x34 && octets[p + 1] === 0x39 && octets[p + 2] === 0x3d;
    const isTarget = octets[p] === 0x35 && octets[p + 1] === 0x36 && octets[p + 2] === 0x3d;
    if (isThree) out.text(Place.Types, octets, p + 3, end);
    else if (isFirst && isSender) out.text(Place.Sender, octets, p + 3, end);
    else if (isFirst && isTarget) out.text(Place.Target, octets, p + 3, end);
    p = end + 1;
  }
}
