import { u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Class = 0,
  AuthenticationType = 1,
  PayloadType = 2,
  Commands = 3,
  Functions = 4,
}

/** ASF 2.0 §3.2.2.2; IPMI 2.0 §13.1. */
const enum Rmcp {
  Version = 6,
  HeaderOctets = 4,
  Asf = 6,
  Ipmi = 7,
  Acknowledged = 0x80,
  /** IPMI 2.0 session header. */
  Plus = 6,
  LastPayload = 0x22,
}
const ASF_ENTERPRISE_HIGH = 0;
const ASF_ENTERPRISE_LOW = 4_542;

export const rmcp: Protocol = {
  name: 'rmcp',
  title: 'Remote Management and Control Protocol: ASF and IPMI',
  evidence: 'version 6, a class, and behind them an ASF message or an IPMI session whose length fits',
  transports: Transport.Udp,
  ports: [623, 664],
  first: [Rmcp.Version],
  least: Rmcp.HeaderOctets,
  elements: [
    { name: 'class', type: ElementType.Unsigned },
    { name: 'authenticationType', type: ElementType.Unsigned },
    { name: 'payloadType', type: ElementType.Unsigned },
    { name: 'commands', type: ElementType.Unsigned, many: true },
    { name: 'functions', type: ElementType.Unsigned, many: true },
  ],

  recognise(octets, from, to, flow) {
    if (octets[from + 1] !== 0) return Verdict.NoMatch;
    const kind = octets[from + 3];
    if (kind === (Rmcp.Asf | Rmcp.Acknowledged) || kind === (Rmcp.Ipmi | Rmcp.Acknowledged))
      return flow.wireOctets === Rmcp.HeaderOctets ? Verdict.Likely : Verdict.NoMatch;
    const body = from + Rmcp.HeaderOctets;
    if (kind === Rmcp.Asf) {
      if (body + 8 > to) return Verdict.NoMatch;
      const isAsf = u16(octets, body) === ASF_ENTERPRISE_HIGH && u16(octets, body + 2) === ASF_ENTERPRISE_LOW;
      return isAsf && octets[body + 7] + 12 <= flow.wireOctets ? Verdict.Match : Verdict.NoMatch;
    }
    return kind === Rmcp.Ipmi && ipmiLength(octets, body, to, from + flow.wireOctets) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < 8) return 1;
      if (++flow.words[flow.memory] > 16) return Extract.End;
      writeMessage(octets, from, to, flow);
      return 1;
    },
  },
};

/** Whether the session header's length leads to the end of the datagram, an octet of padding aside. */
function ipmiLength(octets: Uint8Array, at: number, to: number, end: number): boolean {
  if (at + 12 > to) return false;
  const type = octets[at];
  if (type === Rmcp.Plus) {
    if ((octets[at + 1] & 0x3f) > Rmcp.LastPayload) return false;
    const length = octets[at + 10] | (octets[at + 11] << 8);
    return at + 12 + length <= end;
  }
  if (type > 5 || type === 3) return false;
  // Sequence, session, an authentication code of 16 octets when there is one, length.
  const length = at + 9 + (type === 0 ? 0 : 16);
  if (length >= to) return false;
  const rest = end - (length + 1 + octets[length]);
  return rest >= 0 && rest <= 1;
}

function writeMessage(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  out.unsigned(Place.Class, octets[from + 3] & 0x1f);
  if (octets[from + 3] !== Rmcp.Ipmi) return;
  const at = from + Rmcp.HeaderOctets;
  out.unsigned(Place.AuthenticationType, octets[at]);
  if (octets[at] === Rmcp.Plus) {
    out.unsigned(Place.PayloadType, octets[at + 1] & 0x3f);
    return;
  }
  const message = at + 10 + (octets[at] === 0 ? 0 : 16);
  if (message + 6 > to) return;
  out.unsigned(Place.Functions, octets[message + 1] >>> 2);
  out.unsigned(Place.Commands, octets[message + 5]);
}
