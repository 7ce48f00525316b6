import { ascii, indexOf, lineEnd, mayStartWith, startsWith } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  ServerVersion = 0,
  ClientVersion = 1,
  Module = 2,
  User = 3,
}

const MAGIC = ascii('@RSYNCD: ');
const CHALLENGE = ascii('@RSYNCD: AUTHREQD');
const LONGEST_LINE = 512;

const enum Memory {
  Lines = 0,
  /** Lines of the first and of the other direction. */
  OfDirection = 1,
  /** The server asks who it is. */
  Asked = 3,
}

export const rsync: Protocol = {
  name: 'rsync',
  title: 'rsync daemon',
  evidence: 'the greeting @RSYNCD:',
  transports: Transport.Tcp,
  ports: [873],
  first: [MAGIC[0]],
  elements: [
    { name: 'serverVersion', type: ElementType.Text },
    { name: 'clientVersion', type: ElementType.Text },
    { name: 'module', type: ElementType.Text },
    { name: 'user', type: ElementType.Text },
  ],

  recognise(octets, from, to) {
    if (!mayStartWith(octets, from, to, MAGIC)) return Verdict.NoMatch;
    return to - from >= MAGIC.length ? Verdict.Match : Verdict.NeedMore;
  },

  extractor: {
    words: 4,
    window: LONGEST_LINE,
    extract(octets, from, to, flow) {
      const { words, memory, out } = flow;
      const line = indexOf(octets, from, to, 0x0a);
      if (line < 0 && !flow.isLast) return to - from < LONGEST_LINE ? Extract.More : Extract.EndDirection;
      const end = line < 0 ? to : lineEnd(octets, from, line);
      if (++words[memory + Memory.Lines] > 16) return Extract.End;
      // Client and server begin alike: the one that connected is the client.
      const isClient = flow.direction === 0;
      const count = ++words[memory + Memory.OfDirection + flow.direction];
      if (startsWith(octets, from, end, CHALLENGE)) words[memory + Memory.Asked] = 1;
      else if (startsWith(octets, from, end, MAGIC)) {
        if (count === 1)
          out.text(isClient ? Place.ClientVersion : Place.ServerVersion, octets, from + MAGIC.length, end);
      } else if (isClient && count === 2) out.text(Place.Module, octets, from, end);
      else if (isClient && words[memory + Memory.Asked] === 1) {
        // The user, a space, and the answer to the challenge.
        const space = indexOf(octets, from, end, 0x20);
        if (space > 0) out.text(Place.User, octets, from, space);
        return Extract.End;
      } else if (count > 2) return Extract.EndDirection;
      return (line < 0 ? to : line + 1) - from;
    },
  },
};
