import { isZero } from '../little-endian.js';
import { ascii, find } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Application = 0,
  Url = 1,
  FlashVersion = 2,
}

/** Version and the first piece of the handshake; then the second piece, which repeats that of the peer. */
const enum Handshake {
  Version = 3,
  First = 1_537,
  Both = 3_073,
  /** Compared of what the peer sent and what came back. */
  Echo = 64,
}

const CONNECT = ascii('\x02\0\x07connect');
const FIELDS: readonly (readonly [Uint8Array, Place])[] = [
  [ascii('\0\x03app\x02'), Place.Application],
  [ascii('\0\x05tcUrl\x02'), Place.Url],
  [ascii('\0\x08flashVer\x02'), Place.FlashVersion],
];

export const rtmp: Protocol = {
  name: 'rtmp',
  title: 'Real-Time Messaging Protocol',
  evidence: 'the handshake of both sides: its version, its length, zeros or an echo; then connect',
  transports: Transport.Tcp,
  ports: [1935],
  first: [Handshake.Version],
  least: 16,
  elements: [
    { name: 'application', type: ElementType.Text },
    { name: 'url', type: ElementType.Text },
    { name: 'flashVersion', type: ElementType.Text },
  ],

  recognise(octets, from, to, flow) {
    const length = to - from;
    const hasZeros = isZero(octets, from + 5, from + 9) && !isZero(octets, from + 9, from + 16);
    const hasVersion = octets[from + 5] <= 0x80 && octets[from + 6] <= 0x10 && octets[from + 5] !== 0;
    if (!hasZeros && !hasVersion) return Verdict.NoMatch;
    if (length < Handshake.First)
      return hasZeros && flow.isStart ? Verdict.Likely : flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const hasOther = flow.otherTo - flow.otherFrom >= Handshake.Both;
    if (hasOther && isEcho(octets, from, flow)) return Verdict.Match;
    const isOther = flow.otherTo > flow.otherFrom && flow.otherOctets[flow.otherFrom] === Handshake.Version;
    if (hasZeros && (isOther || length === Handshake.First)) return Verdict.Match;
    if (length < Handshake.Both + 24) return flow.isLast && hasZeros ? Verdict.Likely : Verdict.NeedMore;
    return find(octets, from + Handshake.Both, Math.min(to, from + Handshake.Both + 64), CONNECT) >= 0
      ? Verdict.Match
      : Verdict.NoMatch;
  },

  extractor: {
    words: 2,
    window: 2_048,
    extract(octets, from, to, flow) {
      const state = flow.memory + flow.direction;
      if (flow.words[state] === 0) {
        flow.words[state] = 1;
        return Handshake.Both;
      }
      if (to - from < 600 && !flow.isLast) return Extract.More;
      const end = Math.min(to, from + 2_047);
      if (find(octets, from, end, CONNECT) < 0) return Extract.EndDirection;
      for (const [name, place] of FIELDS) {
        const at = find(octets, from, end, name);
        const value = at + name.length + 2;
        if (at < 0 || value > end) continue;
        const last = value + (octets[value - 2] << 8) + octets[value - 1];
        if (last <= end) flow.out.text(place, octets, value, last);
      }
      return Extract.End;
    },
  },
};

/** Whether the peer's second piece repeats these octets. */
function isEcho(octets: Uint8Array, from: number, flow: FlowView): boolean {
  const other = flow.otherFrom + Handshake.First;
  for (let n = 8; n < Handshake.Echo; n++) if (flow.otherOctets[other + n] !== octets[from + 1 + n]) return false;
  return true;
}
