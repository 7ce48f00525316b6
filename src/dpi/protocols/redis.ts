import { ascii, decimal, indexOf, isDigit, mayStartWith, startsWith, startsWithAnyCase } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Commands = 0,
  Name = 1,
  Argument = 2,
  Secret = 3,
  Errors = 4,
}

const ERRORS: readonly Uint8Array[] = [
  ascii('-NOAUTH '), ascii('-WRONGTYPE '), ascii('-WRONGPASS '), ascii('-DENIED Redis'), ascii('-MOVED '),
  ascii('-ERR unknown command'), ascii('-ERR invalid password'), ascii('-LOADING '), ascii('-NOSCRIPT '), ascii('+PONG\r\n'),
]; // prettier-ignore
const AUTH = ascii('AUTH');
const HELLO = ascii('HELLO');

const enum Bound {
  Commands = 64,
  Window = 1_024,
}

export const redis: Protocol = {
  name: 'redis',
  title: 'Redis serialization protocol (RESP)',
  evidence: 'an array of bulk strings, or an answer that only Redis gives',
  transports: Transport.Tcp,
  ports: [6379],
  first: [0x2a, 0x2b, 0x2d, 0x24],
  elements: [
    { name: 'commands', type: ElementType.Group, many: true },
    { name: 'name', type: ElementType.Text, max: 32, within: 'commands' },
    { name: 'argument', type: ElementType.Text, within: 'commands' },
    { name: 'secret', type: ElementType.Text, within: 'commands', secret: true },
    { name: 'errors', type: ElementType.Text, many: true },
  ],

  recognise(octets, from, to, flow) {
    const first = octets[from];
    if (first === 0x2b || first === 0x2d) {
      for (const error of ERRORS) {
        if (startsWith(octets, from, to, error)) return Verdict.Match;
        if (mayStartWith(octets, from, to, error)) return Verdict.NeedMore;
      }
      return Verdict.NoMatch;
    }
    // *3 CR LF $3 CR LF SET, or $5 CR LF and five octets.
    const count = numberEnd(octets, from + 1, to);
    if (count < 0) return Verdict.NoMatch;
    if (count >= to) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    if (first === 0x24) {
      const end = count + decimal(octets, from + 1, to);
      if (end + 2 > to) return end - from > 4_096 || flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
      return octets[end] === 0x0d && octets[end + 1] === 0x0a ? Verdict.Likely : Verdict.NoMatch;
    }
    // Null, of version 3.
    if (octets[count] === 0x5f) return count + 1 < to && octets[count + 1] !== 0x0d ? Verdict.NoMatch : Verdict.Match;
    if (octets[count] !== 0x24 && octets[count] !== 0x2a && octets[count] !== 0x3a) return Verdict.NoMatch;
    const next = numberEnd(octets, count + 1, to);
    if (next < 0) return Verdict.NoMatch;
    if (next >= to) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    return Verdict.Match;
  },

  extractor: {
    words: 1,
    window: Bound.Window,
    extract(octets, from, to, flow) {
      if (octets[from] === 0x2d) return readError(octets, from, to, flow);
      if (octets[from] !== 0x2a) return Extract.EndDirection;
      return readCommand(octets, from, to, flow);
    },
  },
};

/** Where digits and CR LF end; -1 when they are none, `to` when they are not complete. */
function numberEnd(octets: Uint8Array, from: number, to: number): number {
  let p = from;
  if (p < to && octets[p] === 0x2d) p++;
  while (p < to && p < from + 9 && isDigit(octets[p])) p++;
  if (p >= to) return to;
  if (p === from || octets[p] !== 0x0d) return -1;
  if (p + 1 >= to) return to;
  return octets[p + 1] === 0x0a ? p + 2 : -1;
}

function readError(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const line = indexOf(octets, from, to, 0x0a);
  if (line < 0) return to - from >= Bound.Window || flow.isLast ? Extract.EndDirection : Extract.More;
  if (++flow.words[flow.memory] > Bound.Commands) return Extract.End;
  flow.out.text(Place.Errors, octets, from + 1, line - 1);
  return line + 1 - from;
}

/** Writes the name and the first argument, which of AUTH and HELLO is secret; skips the rest string by string. */
function readCommand(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const strings = decimal(octets, from + 1, to);
  let p = numberEnd(octets, from + 1, to);
  if (p < 0 || strings < 1 || strings > 1_000) return Extract.EndDirection;
  let name = 0;
  let nameEnd = 0;
  let argument = 0;
  let argumentEnd = 0;
  for (let n = 0; n < strings; n++) {
    if (p >= to) return wait(to - from, flow);
    if (octets[p] !== 0x24) return Extract.EndDirection;
    const length = decimal(octets, p + 1, to);
    const start = numberEnd(octets, p + 1, to);
    if (start >= to) return wait(to - from, flow);
    if (start < 0 || length < 0) return Extract.EndDirection;
    p = start + length + 2;
    if (n === 0) {
      if (start + length > to) return wait(to - from, flow);
      name = start;
      nameEnd = start + length;
    } else if (n === 1) {
      if (start + Math.min(length, 256) > to) return wait(to - from, flow);
      argument = start;
      argumentEnd = Math.min(to, start + length);
    }
    if (p > to && n + 1 < strings) return wait(to - from, flow);
  }
  if (++flow.words[flow.memory] > Bound.Commands) return Extract.End;
  flow.out.begin(Place.Commands);
  flow.out.text(Place.Name, octets, name, nameEnd);
  const isSecret = startsWithAnyCase(octets, name, nameEnd, AUTH) || startsWithAnyCase(octets, name, nameEnd, HELLO);
  if (argumentEnd > 0) flow.out.text(isSecret ? Place.Secret : Place.Argument, octets, argument, argumentEnd);
  flow.out.end();
  return p - from;
}

function wait(octets: number, flow: FlowView): number {
  return octets >= Bound.Window - 1 || flow.isLast ? Extract.EndDirection : Extract.More;
}
