import { crcCcitt } from '../crc16.js';
import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** A frame of IEEE C37.118.2 §6.2: sync octet, kind and version, length, id, time, …, check sequence. */
const enum Frame {
  Sync = 0xaa,
  LastKind = 5,
  Length = 2,
  Octets = 16,
  Longest = 8_192,
}

export const ieeeC37118: Protocol = {
  name: 'ieee-c37118',
  title: 'IEEE C37.118, synchrophasors',
  evidence: 'a frame whose kind, version, length and check sequence fit',
  transports: Transport.Both,
  ports: [4712, 4713],
  first: [Frame.Sync],
  least: Frame.Octets,

  recognise(octets, from, to, flow) {
    const kind = octets[from + 1] >>> 4;
    const version = octets[from + 1] & 0x0f;
    const length = u16(octets, from + Frame.Length);
    if (kind > Frame.LastKind || version < 1 || version > 3) return Verdict.NoMatch;
    if (length < Frame.Octets || length > Frame.Longest) return Verdict.NoMatch;
    if (flow.transport === Transport.Udp && flow.wireOctets !== length) return Verdict.NoMatch;
    if (to - from < length) return flow.transport === Transport.Tcp ? Verdict.NeedMore : Verdict.NoMatch;
    const end = from + length - 2;
    return crcCcitt(octets, from, end, 0xffff) === u16(octets, end) ? Verdict.Match : Verdict.NoMatch;
  },
};
