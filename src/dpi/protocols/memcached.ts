import { ascii, indexOf, isText, lineEnd, mayStartWith, startsWith, u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Commands = 0,
}

/** Lines that stand for themselves, and those that begin with a word that others use, too. */
const STRONG: readonly Uint8Array[] = [
  ascii('version\r\n'), ascii('stats\r\n'), ascii('stats '), ascii('VERSION 1.'), ascii('STAT pid '), ascii('STAT '),
  ascii('gets '), ascii('flush_all'), ascii('incr '), ascii('decr '), ascii('touch '), ascii('mg '), ascii('ms '), ascii('mn\r\n'),
]; // prettier-ignore
const WEAK: readonly Uint8Array[] = [
  ascii('get '), ascii('set '), ascii('add '), ascii('replace '), ascii('append '), ascii('prepend '), ascii('cas '),
  ascii('delete '), ascii('VALUE '),
]; // prettier-ignore

const enum Bound {
  Line = 300,
  Commands = 32,
}

export const memcached: Protocol = {
  name: 'memcached',
  title: 'Memcached, text and binary',
  evidence: 'a command or an answer of the text protocol with as many words as it has, or a binary header',
  transports: Transport.Both,
  ports: [11211],
  mark: { at: 4, mask: 0x0000_ffff, value: 0 },
  elements: [{ name: 'commands', type: ElementType.Text, many: true }],

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Tcp) {
      if (octets[from] === 0x80 || octets[from] === 0x81) return binary(octets, from, to, flow);
      return text(octets, from, to, flow);
    }
    // Frame header: request, number, count, reserved.
    if (to - from < 11 || u16(octets, from + 6) !== 0 || u16(octets, from + 2) >= u16(octets, from + 4))
      return Verdict.NoMatch;
    return text(octets, from + 8, to, flow) === Verdict.Match ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    window: 1_024,
    extract(octets, from, to, flow) {
      // Only the first commands of a client: values stand between the later ones.
      if (flow.transport === Transport.Udp || octets[from] >= 0x80) return Extract.End;
      const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
      if (line < 0) return flow.isLast || to - from >= Bound.Line ? Extract.EndDirection : Extract.More;
      const isCommand = octets[from] >= 0x61 && octets[from] <= 0x7a;
      if (!isCommand || !isText(octets, from, lineEnd(octets, from, line))) return Extract.EndDirection;
      flow.out.text(Place.Commands, octets, from, lineEnd(octets, from, line));
      const hasValue = octets[from] !== 0x67 && octets[from] !== 0x73 && octets[from] !== 0x76;
      return hasValue || ++flow.words[flow.memory] >= Bound.Commands ? Extract.EndDirection : line + 1 - from;
    },
  },
};

function text(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  let mayBe = false;
  for (const token of STRONG) {
    if (startsWith(octets, from, to, token)) return words(octets, from, to, flow, 1);
    mayBe ||= mayStartWith(octets, from, to, token);
  }
  for (const token of WEAK) {
    if (startsWith(octets, from, to, token)) {
      const isRead = token === WEAK[0] || token === WEAK[7];
      return words(octets, from, to, flow, isRead ? 2 : token === WEAK[8] ? 4 : 5);
    }
    mayBe ||= mayStartWith(octets, from, to, token);
  }
  return mayBe && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
}

/** Whether the line has at least `least` words, the later ones of five in digits, and ends in CR LF. */
function words(octets: Uint8Array, from: number, to: number, flow: FlowView, least: number): Verdict {
  const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
  if (line < 0) return to - from > Bound.Line || flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
  if (octets[line - 1] !== 0x0d || !isText(octets, from, line - 1)) return Verdict.NoMatch;
  let count = 1;
  for (let p = from; p < line; p++) {
    if (octets[p] !== 0x20) continue;
    count++;
    const isNumber = octets[p + 1] >= 0x2d && octets[p + 1] <= 0x39;
    if (count > 2 && least >= 4 && count <= least && !isNumber) return Verdict.NoMatch;
  }
  return count >= least && (least !== 2 || count <= 24) ? Verdict.Match : Verdict.NoMatch;
}

function binary(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  if (to - from < 24) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
  const key = u16(octets, from + 2);
  const body = u32(octets, from + 8);
  const isHeader = octets[from + 1] <= 0x24 && octets[from + 5] === 0 && key + octets[from + 4] <= body && key <= 250;
  if (!isHeader || body > 0x10_0000) return Verdict.NoMatch;
  return octets[from + 4] <= 32 && u16(octets, from + 6) <= 0x0400 ? Verdict.Match : Verdict.NoMatch;
}
