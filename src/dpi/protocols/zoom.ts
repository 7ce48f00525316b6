import { u32 } from '../octets.js';
import { type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import { followRtp, looksLikeRtp, RTP_WORDS } from '../rtp-packet.js';

/** A client's first datagrams and their answers: type, two octets, 16 of an identifier that the answer repeats. */
const enum Hello {
  Request = 1,
  Answer = 2,
  Identifier = 3,
  IdentifierOctets = 16,
  /** A counter that stands there twice in a request. */
  First = 27,
  Second = 31,
  Octets = 39,
}

/** Media through a server: eight octets, the first one 5; then, or at once between clients, the kind of media. */
const enum Media {
  Server = 5,
  ServerOctets = 8,
  Screen = 13,
  Audio = 15,
  Video = 16,
}

const enum Port {
  First = 8801,
  Last = 8810,
}

const enum Memory {
  /** Hash of the identifier, and from which direction it came. */
  Hello = 0,
  Direction = 1,
  Rtp = 2,
  Words = Rtp + 2 * RTP_WORDS,
}

/** How well packets of media must have followed each other: two in a row, or three. */
const ENOUGH = 3;

export const zoom: Protocol = {
  name: 'zoom',
  title: 'Zoom, media over UDP',
  evidence:
    'the request that opens a media flow, with its answer, which repeats the identifier, or on a port of Zoom; RTP that follows each other behind the headers of Zoom',
  transports: Transport.Udp,
  ports: [8801, 8802, 8803, 8804, 8805, 8806, 8807, 8808, 8809, 8810],
  first: [Hello.Request, Hello.Answer, Media.Server, Media.Screen, Media.Audio, Media.Video],
  least: Hello.Octets,
  words: Memory.Words,

  recognise(octets, from, to, flow) {
    return octets[from] <= Hello.Answer ? recogniseHello(octets, from, flow) : recogniseMedia(octets, from, to, flow);
  },
};

function recogniseHello(octets: Uint8Array, from: number, flow: FlowView): Verdict {
  const { words, memory } = flow;
  if (octets[from + 1] !== 0 || octets[from + 2] > 7) return Verdict.NoMatch;
  let hash = octets[from + 2] + 1;
  for (let n = 0; n < Hello.IdentifierOctets; n++) {
    hash = (Math.imul(hash, 31) + octets[from + Hello.Identifier + n]) | 0;
  }
  if (octets[from] === Hello.Answer) {
    const isAnswer = words[memory + Memory.Hello] === hash && words[memory + Memory.Direction] === 2 - flow.direction;
    return isAnswer ? Verdict.Match : Verdict.NoMatch;
  }
  const counter = u32(octets, from + Hello.First);
  if (counter === 0 || counter !== u32(octets, from + Hello.Second)) return Verdict.NoMatch;
  words[memory + Memory.Hello] = hash;
  words[memory + Memory.Direction] = flow.direction + 1;
  return isPort(flow) ? Verdict.Match : Verdict.NeedMore;
}

function recogniseMedia(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const kind = octets[from] === Media.Server ? from + Media.ServerOctets : from;
  const start = kind + headerOf(octets[kind]);
  if (start === kind || !looksLikeRtp(octets, start, to)) return Verdict.NoMatch;
  const place = flow.memory + Memory.Rtp + RTP_WORDS * flow.direction;
  return followRtp(octets, start, flow.words, place) >= ENOUGH ? Verdict.Match : Verdict.NeedMore;
}

/** Octets in front of the RTP packet for that kind of media; 0 for what is none. */
function headerOf(kind: number): number {
  switch (kind as Media) {
    case Media.Screen:
      return 27;
    case Media.Audio:
      return 19;
    case Media.Video:
      return 24;
    default:
      return 0;
  }
}

function isPort({ sourcePort, destinationPort }: FlowView): boolean {
  return isOne(sourcePort) || isOne(destinationPort);
}

function isOne(port: number): boolean {
  return port >= Port.First && port <= Port.Last;
}
