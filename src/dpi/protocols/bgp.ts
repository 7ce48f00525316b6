import { u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Types = 0,
  Autonomous = 1,
  Identifiers = 2,
  HoldTime = 3,
  Errors = 4,
}

/** RFC 4271 §4, RFC 2918. */
const enum Message {
  MarkerOctets = 16,
  HeaderOctets = 19,
  Longest = 65_535,
  Open = 1,
  Notification = 3,
  KeepAlive = 4,
  LastType = 5,
  OpenOctets = 29,
}
const MOST_MESSAGES = 32;

export const bgp: Protocol = {
  name: 'bgp',
  title: 'Border Gateway Protocol',
  evidence: 'the marker of sixteen octets of ones, a length and a type of RFC 4271',
  transports: Transport.Tcp,
  ports: [179],
  first: [0xff],
  elements: [
    { name: 'types', type: ElementType.Unsigned, many: true },
    { name: 'autonomousSystems', type: ElementType.Unsigned, many: true },
    { name: 'identifiers', type: ElementType.Ipv4, many: true },
    { name: 'holdTime', type: ElementType.Unsigned, many: true },
    { name: 'errors', type: ElementType.Octets, many: true, max: 2 },
  ],

  recognise(octets, from, to, flow) {
    const end = Math.min(to, from + Message.MarkerOctets);
    for (let p = from; p < end; p++) if (octets[p] !== 0xff) return Verdict.NoMatch;
    if (to - from < Message.HeaderOctets) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    return isHeader(octets, from) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    window: 4_096,
    extract(octets, from, to, flow) {
      if (to - from < Message.HeaderOctets) return flow.isLast ? Extract.EndDirection : Extract.More;
      if (octets[from] !== 0xff || !isHeader(octets, from)) return Extract.EndDirection;
      const length = u16(octets, from + Message.MarkerOctets);
      const type = octets[from + 18];
      if (type !== 2 && to - from < length && !flow.isLast && to - from < 1_024) return Extract.More;
      if (++flow.words[flow.memory] > MOST_MESSAGES) return flow.out.stop();
      write(octets, from, Math.min(to, from + length), flow, type);
      return length;
    },
  },
};

function isHeader(octets: Uint8Array, at: number): boolean {
  const length = u16(octets, at + Message.MarkerOctets);
  const type = octets[at + 18];
  if (length < Message.HeaderOctets || type === 0 || type > Message.LastType) return false;
  if (type === Message.KeepAlive) return length === Message.HeaderOctets;
  return type === Message.Open ? length >= Message.OpenOctets : length > Message.HeaderOctets + 1;
}

function write(octets: Uint8Array, at: number, to: number, flow: FlowView, type: number): void {
  const { out } = flow;
  out.unsigned(Place.Types, type);
  if (type === Message.Open && at + Message.OpenOctets <= to) {
    out.unsigned(Place.Autonomous, u16(octets, at + 20));
    out.unsigned(Place.HoldTime, u16(octets, at + 22));
    out.ipv4(Place.Identifiers, octets, at + 24);
  } else if (type === Message.Notification && at + 21 <= to) out.octets(Place.Errors, octets, at + 19, at + 21);
}
