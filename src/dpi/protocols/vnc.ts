import { ascii, isDigit, mayStartWith } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  ServerVersion = 0,
  ClientVersion = 1,
}

const MAGIC = ascii('RFB ');
/** "RFB 003.008" and a line feed (RFC 6143 §7.1.1). */
const VERSION_OCTETS = 12;

export const vnc: Protocol = {
  name: 'vnc',
  title: 'Remote Framebuffer (VNC)',
  evidence: 'the version line of RFC 6143 §7.1.1',
  transports: Transport.Tcp,
  ports: [5900, 5901],
  first: [MAGIC[0]],
  elements: [
    { name: 'serverVersion', type: ElementType.Text },
    { name: 'clientVersion', type: ElementType.Text },
  ],

  recognise(octets, from, to) {
    if (!mayStartWith(octets, from, to, MAGIC)) return Verdict.NoMatch;
    if (to - from < 8) return Verdict.NeedMore;
    return isDigit(octets[from + 4]) && octets[from + 7] === 0x2e ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < VERSION_OCTETS) return flow.isLast ? Extract.EndDirection : Extract.More;
      // The server speaks first.
      const isServer = flow.words[flow.memory]++ === 0;
      flow.out.text(isServer ? Place.ServerVersion : Place.ClientVersion, octets, from, from + VERSION_OCTETS - 1);
      return isServer ? Extract.EndDirection : Extract.End;
    },
  },
};
