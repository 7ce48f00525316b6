import { u32 } from '../octets.js';
import { type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

/** Binary: 0x8001, zero, kind, length of the name, name, sequence. Compact: 0x82, kind and version, sequence, length, name. */
const enum Message {
  Binary = 0x8001_0000,
  Compact = 0x82,
  CompactVersion = 1,
  LastKind = 4,
  LongestName = 128,
}

export const thrift: Protocol = {
  name: 'thrift',
  title: 'Apache Thrift, binary and compact, framed or not',
  evidence: 'version and kind of a message and a method name of its length',
  transports: Transport.Both,
  ports: [9090],
  first: [0, 0x80, Message.Compact],
  least: 12,

  recognise(octets, from, to, flow) {
    // A frame begins with its length.
    const at = octets[from] === 0 ? from + 4 : from;
    const first = u32(octets, at);
    const kind = first & 0xff;
    if ((first & 0xffff_ff00) >>> 0 === Message.Binary) {
      if (kind < 1 || kind > Message.LastKind) return Verdict.NoMatch;
      if (at + 8 > to) return Verdict.NeedMore;
      return name(octets, at + 8, u32(octets, at + 4), to, flow);
    }
    if (octets[at] !== Message.Compact || (octets[at + 1] & 0x1f) !== Message.CompactVersion) return Verdict.NoMatch;
    if (octets[at + 1] >>> 5 < 1 || octets[at + 1] >>> 5 > Message.LastKind) return Verdict.NoMatch;
    let p = at + 2;
    for (let n = 0; n < 5 && p < to && octets[p] & 0x80; n++) p++;
    if (p + 2 > to) return flow.transport === Transport.Tcp ? Verdict.NeedMore : Verdict.NoMatch;
    return name(octets, p + 2, octets[p + 1], to, flow);
  },
};

/** Whether a name of `length` octets stands there: letters, digits, underscores, dots and colons. */
function name(octets: Uint8Array, at: number, length: number, to: number, flow: FlowView): Verdict {
  if (length < 2 || length > Message.LongestName) return Verdict.NoMatch;
  for (let p = at; p < at + length; p++) {
    if (p >= to) return flow.transport === Transport.Tcp ? Verdict.NeedMore : Verdict.NoMatch;
    const octet = octets[p];
    const isLetter = (octet & 0xdf) >= 0x41 && (octet & 0xdf) <= 0x5a;
    if (!isLetter && octet !== 0x5f && octet !== 0x2e && (octet < 0x30 || octet > 0x3a)) return Verdict.NoMatch;
  }
  return Verdict.Match;
}
