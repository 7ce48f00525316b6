import { ascii, find, indexOf, startsWith, u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Cookie = 0,
  RequestedProtocols = 1,
  SelectedProtocol = 2,
}

/** TPKT (RFC 1006 §6) and the X.224 connection PDUs (MS-RDPBCGR §2.2.1.1, §2.2.1.2). */
const enum Tpkt {
  Version = 3,
  HeaderOctets = 4,
  /** Header, length, code, references, class. */
  ConnectionOctets = 11,
  ConnectionRequest = 0xe0,
  ConnectionConfirm = 0xd0,
  Longest = 512,
}
const enum Negotiation {
  Request = 1,
  Response = 2,
  Failure = 3,
  Octets = 8,
}
/** Multitransport over UDP (MS-RDPEUDP §2.2.2). */
const enum Udp {
  Syn = 1,
  Ack = 4,
  /** A datagram with SYN is filled up to this length at least. */
  SynOctets = 1_100,
}

const COOKIE = ascii('Cookie: msts');
const HASH = ascii('mstshash=');

const enum Refined {
  Tls = 0,
}

export const rdp: Protocol = {
  name: 'rdp',
  title: 'Remote Desktop Protocol, and the TLS within',
  evidence: 'an X.224 connection request with a cookie or a negotiation; over UDP a SYN of MS-RDPEUDP',
  transports: Transport.Both,
  ports: [3389],
  first: [Tpkt.Version, 0xff],
  least: 5,
  refines: ['tls'],
  refinesLabels: true,
  elements: [
    { name: 'cookie', type: ElementType.Text },
    { name: 'requestedProtocols', type: ElementType.Unsigned },
    { name: 'selectedProtocol', type: ElementType.Unsigned },
  ],

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Udp) return recogniseDatagram(octets, from, to, flow);
    const length = u16(octets, from + 2);
    if (octets[from] !== Tpkt.Version || octets[from + 1] !== 0) return Verdict.NoMatch;
    if (length < Tpkt.ConnectionOctets || length > Tpkt.Longest) return Verdict.NoMatch;
    if (octets[from + 4] !== length - 5) return Verdict.NoMatch;
    if (to - from < Tpkt.ConnectionOctets) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const code = octets[from + 5];
    const isRequest = code === Tpkt.ConnectionRequest;
    if ((!isRequest && code !== Tpkt.ConnectionConfirm) || u16(octets, from + 6) !== 0) {
      // A confirm may repeat the reference of the request.
      if (code !== Tpkt.ConnectionConfirm) return Verdict.NoMatch;
    }
    if (octets[from + 10] !== 0) return Verdict.NoMatch;
    const rest = from + Tpkt.ConnectionOctets;
    // Without any more: other protocols over X.224 have parameters here.
    if (length === Tpkt.ConnectionOctets) return Verdict.Likely;
    if (isRequest && startsWith(octets, rest, to, COOKIE)) return Verdict.Match;
    if (to < from + length) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const type = octets[rest];
    const isSized = length === Tpkt.ConnectionOctets + Negotiation.Octets || (isRequest && octets[rest + 1] & 0x08);
    if (isSized && octets[rest + 2] === Negotiation.Octets && octets[rest + 3] === 0) {
      if (isRequest ? type === Negotiation.Request : type === Negotiation.Response || type === Negotiation.Failure)
        return Verdict.Match;
    }
    return Verdict.NoMatch;
  },

  extractor: {
    words: 2,
    window: 1_024,
    extract(octets, from, to, flow) {
      if (flow.transport === Transport.Udp || octets[from] !== Tpkt.Version) return Extract.End;
      if (to - from < 4) return flow.isLast ? Extract.End : Extract.More;
      const length = u16(octets, from + 2);
      if (length > Tpkt.Longest || length < Tpkt.ConnectionOctets) return Extract.End;
      if (to - from < length) return flow.isLast ? Extract.End : Extract.More;
      const end = from + length;
      if (octets[from + 5] === Tpkt.ConnectionRequest) {
        readRequest(octets, from + Tpkt.ConnectionOctets, end, flow);
        return length;
      }
      const at = from + Tpkt.ConnectionOctets;
      if (octets[from + 5] !== Tpkt.ConnectionConfirm || end - at < Negotiation.Octets) return Extract.End;
      const selected = little32(octets, at + 4);
      if (octets[at] !== Negotiation.Response) return Extract.End;
      flow.out.unsigned(Place.SelectedProtocol, selected);
      if (selected === 0) return Extract.End;
      flow.handOver(Refined.Tls);
      return length;
    },
  },
};

function readRequest(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  let at = from;
  if (startsWith(octets, from, to, COOKIE)) {
    const line = indexOf(octets, from, to, 0x0d);
    const end = line < 0 ? to : line;
    const hash = find(octets, from, end, HASH);
    flow.out.text(Place.Cookie, octets, hash < 0 ? from + 8 : hash + HASH.length, end);
    at = end + 2;
  }
  if (at + Negotiation.Octets <= to && octets[at] === Negotiation.Request)
    flow.out.unsigned(Place.RequestedProtocols, little32(octets, at + 4));
}

/** The source acknowledges nothing yet, flags say SYN, and the datagram is filled. */
function recogniseDatagram(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  if (to - from < 16 || flow.wireOctets < Udp.SynOctets || flow.wireOctets > 1_232) return Verdict.NoMatch;
  const flags = u16(octets, from + 6);
  const isSyn = (flags & Udp.Syn) !== 0 && (flags & Udp.Ack) === 0 && (flags & 0xe0f0) === 0;
  if (u32(octets, from) !== 0xffff_ffff || !isSyn) return Verdict.NoMatch;
  // MTU of both ways.
  return u16(octets, from + 12) <= 1_232 && u16(octets, from + 14) <= 1_232 ? Verdict.Match : Verdict.NoMatch;
}

function little32(octets: Uint8Array, at: number): number {
  return (octets[at] | (octets[at + 1] << 8) | (octets[at + 2] << 16) | (octets[at + 3] << 24)) >>> 0;
}
