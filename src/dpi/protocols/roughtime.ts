import { u32le } from '../little-endian.js';
import { ascii, octetsThat, startsWith, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const MAGIC = ascii('ROUGHTIM');

/** A message: count of tags, where the value of each but the first begins, then the tags in rising order. */
const enum Message {
  MostTags = 32,
}

/** Tags of requests and answers, four letters each. */
const TAGS = ['SIG\0', 'NONC', 'PAD\xff', 'VER\0', 'SREP', 'PATH', 'CERT', 'INDX', 'ROOT', 'SRV\0', 'ZZZZ', 'TYPE'].map(
  (tag) => u32(ascii(tag), 0),
);

export const roughtime: Protocol = {
  name: 'roughtime',
  title: 'Roughtime',
  evidence: 'the magic octets, or a count of tags with offsets that rise and tags that exist',
  transports: Transport.Udp,
  ports: [2002],
  first: octetsThat((octet) => octet === MAGIC[0] || (octet >= 2 && octet <= Message.MostTags)),
  least: 12,

  recognise(octets, from, to, flow) {
    if (startsWith(octets, from, to, MAGIC))
      return u32le(octets, from + MAGIC.length) + 12 <= flow.wireOctets ? Verdict.Match : Verdict.NoMatch;
    const count = u32le(octets, from);
    if (count < 2 || count > Message.MostTags || from + 8 * count > to) return Verdict.NoMatch;
    let last = 0;
    for (let n = 1; n < count; n++) {
      const offset = u32le(octets, from + 4 * n);
      if (offset < last || (offset & 3) !== 0 || offset > flow.wireOctets) return Verdict.NoMatch;
      last = offset;
    }
    const tags = from + 4 * count;
    for (let n = 0; n < count; n++) if (!TAGS.includes(u32(octets, tags + 4 * n))) return Verdict.NoMatch;
    return Verdict.Match;
  },
};
