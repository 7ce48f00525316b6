import { u32 } from '../octets.js';
import { type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

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

const enum Port {
  First = 8801,
  Last = 8810,
}

export const zoom: Protocol = {
  name: 'zoom',
  title: 'Zoom, media over UDP',
  evidence: 'the request that opens a media flow, with its answer, which repeats the identifier, or on a port of Zoom',
  transports: Transport.Udp,
  ports: [8801, 8802, 8803, 8804, 8805, 8806, 8807, 8808, 8809, 8810],
  first: [Hello.Request, Hello.Answer],
  least: Hello.Octets,
  words: 2,

  recognise(octets, from, _to, flow) {
    const { words, memory } = flow;
    if (octets[from + 1] !== 0 || octets[from + 2] > 7) return Verdict.NoMatch;
    let hash = octets[from + 2] + 1;
    for (let n = 0; n < Hello.IdentifierOctets; n++)
      hash = (Math.imul(hash, 31) + octets[from + Hello.Identifier + n]) | 0;
    if (octets[from] === Hello.Answer) {
      return words[memory] === hash && words[memory + 1] === 2 - flow.direction ? Verdict.Match : Verdict.NoMatch;
    }
    const counter = u32(octets, from + Hello.First);
    if (counter === 0 || counter !== u32(octets, from + Hello.Second)) return Verdict.NoMatch;
    words[memory] = hash;
    words[memory + 1] = flow.direction + 1;
    return isPort(flow) ? Verdict.Match : Verdict.NeedMore;
  },
};

function isPort({ sourcePort, destinationPort }: FlowView): boolean {
  return (
    (sourcePort >= Port.First && sourcePort <= Port.Last) ||
    (destinationPort >= Port.First && destinationPort <= Port.Last)
  );
}
