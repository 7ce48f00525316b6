import { u32le } from '../little-endian.js';
import { ascii, startsWith } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Endpoint = 0,
}

const TYPES: readonly Uint8Array[] = [ascii('HEL'), ascii('ACK'), ascii('ERR'), ascii('RHE'), ascii('OPN'), ascii('MSG'), ascii('CLO')]; // prettier-ignore
/** Hello (OPC 10000-6 §7.1.2.3): header, five numbers, length of the URL. */
const enum Hello {
  UrlLength = 28,
  Url = 32,
}

export const opcUa: Protocol = {
  name: 'opc-ua',
  title: 'OPC Unified Architecture, binary over TCP',
  evidence: 'a message header with a known type and a length that can be',
  transports: Transport.Tcp,
  ports: [4840],
  first: [0x48, 0x41, 0x45, 0x52, 0x4f, 0x4d, 0x43],
  least: 12,
  elements: [{ name: 'endpoint', type: ElementType.Text }],

  recognise(octets, from, to) {
    const length = u32le(octets, from + 4);
    const chunk = octets[from + 3];
    if ((chunk !== 0x46 && chunk !== 0x43 && chunk !== 0x41) || length < 16 || length > 0x0100_0000)
      return Verdict.NoMatch;
    for (const type of TYPES) if (startsWith(octets, from, to, type)) return Verdict.Match;
    return Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      if (octets[from] !== TYPES[0][0]) return Extract.EndDirection;
      const end = from + Hello.Url + (to - from < Hello.Url ? 0 : u32le(octets, from + Hello.UrlLength));
      if (end - from > 4_096) return Extract.EndDirection;
      if (to - from < Hello.Url || to < end) return flow.isLast ? Extract.EndDirection : Extract.More;
      flow.out.text(Place.Endpoint, octets, from + Hello.Url, end);
      return Extract.EndDirection;
    },
  },
};
