import { berContents, berEnd } from '../ber.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Elements of the ACSE message (ANSI C12.22 §5.3): who is called, who calls, the invocation, and the user information. */
const enum Tag {
  Message = 0x60,
  First = 0xa1,
  CalledTitle = 0xa2,
  CallingTitle = 0xa6,
  Invocation = 0xa8,
  User = 0xbe,
  /** EXTERNAL within the user information. */
  External = 0x28,
}

const MOST_ELEMENTS = 12;

export const ansiC1222: Protocol = {
  name: 'ansi_c1222',
  title: 'ANSI C12.22, the reading of meters',
  evidence: 'an ACSE message with a title, an invocation and user information that holds EXTERNAL',
  transports: Transport.Both,
  ports: [1153],
  first: [Tag.Message],
  least: 12,

  recognise(octets, from, to, flow) {
    let p = berContents(octets, from, to);
    const end = berEnd(octets, from, to);
    if (p < 0 || end - from > 8_192) return Verdict.NoMatch;
    if (octets[p] < Tag.First || octets[p] > Tag.CallingTitle) return Verdict.NoMatch;
    if (flow.transport === Transport.Udp && end - from !== flow.wireOctets) return Verdict.NoMatch;
    let isTitle = false;
    let isInvocation = false;
    for (let n = 0; n < MOST_ELEMENTS && p < end; n++) {
      if (p + 2 > to) return flow.transport === Transport.Tcp ? Verdict.NeedMore : Verdict.NoMatch;
      const tag = octets[p];
      const contents = berContents(octets, p, to);
      if (tag < Tag.First || tag > Tag.User || contents < 0) return Verdict.NoMatch;
      if (tag === Tag.CalledTitle || tag === Tag.CallingTitle) isTitle = true;
      if (tag === Tag.Invocation) isInvocation = true;
      if (tag === Tag.User) {
        if (contents >= to) return flow.transport === Transport.Tcp ? Verdict.NeedMore : Verdict.NoMatch;
        return isTitle && isInvocation && octets[contents] === Tag.External ? Verdict.Match : Verdict.NoMatch;
      }
      p = berEnd(octets, p, to);
      if (p < 0) return Verdict.NoMatch;
    }
    return Verdict.NoMatch;
  },
};
