import { isText, u16 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Host = 0,
  Version = 1,
}

/** The first packet: length, number 0, version, host, port, next state. */
let version = 0;
let host = 0;

export const minecraft: Protocol = {
  name: 'minecraft',
  title: 'Minecraft, Java edition',
  evidence: 'the handshake: its length, number 0, a version, a host name, a port and a next state',
  transports: Transport.Tcp,
  ports: [25565],
  least: 7,
  elements: [
    { name: 'host', type: ElementType.Text },
    { name: 'version', type: ElementType.Unsigned },
  ],

  recognise(octets, from, to, flow) {
    const length = octets[from];
    if (length < 7 || length > 0x7f || octets[from + 1] !== 0 || !findHost(octets, from + 2)) return Verdict.NoMatch;
    const end = from + 1 + length;
    const hostLength = octets[host - 1];
    if (hostLength === 0 || host + hostLength + 3 !== end) return Verdict.NoMatch;
    if (!isText(octets, host, Math.min(to, host + hostLength))) return Verdict.NoMatch;
    if (to < end) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const state = octets[end - 1];
    return state >= 1 && state <= 3 && u16(octets, end - 3) !== 0 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      if (to - from < 7) return flow.isLast ? Extract.End : Extract.More;
      if (!findHost(octets, from + 2) || octets[from + 1] !== 0 || flow.direction !== 0) return Extract.EndDirection;
      const end = host + octets[host - 1];
      if (to < end) return flow.isLast ? Extract.End : Extract.More;
      flow.out.text(Place.Host, octets, host, end);
      flow.out.unsigned(Place.Version, version);
      return Extract.End;
    },
  },
};

/** Reads the version, at most three octets of seven bits; what follows is the host. */
function findHost(octets: Uint8Array, from: number): boolean {
  version = 0;
  for (let n = 0; n < 3; n++) {
    version |= (octets[from + n] & 0x7f) << (7 * n);
    if (octets[from + n] < 0x80) {
      host = from + n + 2;
      return true;
    }
  }
  return false;
}
