import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header: version, kind, message, status, sequence, length of the whole. */
const enum Header {
  Kind = 1,
  Message = 2,
  Length = 6,
  Octets = 8,
  Negative = 15,
  LastMessage = 5,
  Longest = 1_024,
}

export const hartIp: Protocol = {
  name: 'hart-ip',
  title: 'HART-IP, field devices',
  evidence: 'version, kind, message and the length of the datagram',
  transports: Transport.Both,
  ports: [5094],
  first: [1, 2],
  least: Header.Octets,

  recognise(octets, from, to, flow) {
    const kind = octets[from + Header.Kind];
    const message = octets[from + Header.Message];
    const length = u16(octets, from + Header.Length);
    if (kind > 2 && kind !== Header.Negative) return Verdict.NoMatch;
    if (message > Header.LastMessage && message !== 128) return Verdict.NoMatch;
    if (length < Header.Octets || length > Header.Longest || !hasBody(message, kind, length)) return Verdict.NoMatch;
    if (flow.transport === Transport.Udp) return length === flow.wireOctets ? Verdict.Match : Verdict.NoMatch;
    if (to - from < length) return Verdict.NeedMore;
    // Behind it another message.
    return to - from === length || octets[from + length] === octets[from] ? Verdict.Match : Verdict.NoMatch;
  },
};

/** A session begins with five octets; its end and a sign of life have none; a PDU of HART has five or more. */
function hasBody(message: number, kind: number, length: number): boolean {
  const body = length - Header.Octets;
  if (kind === Header.Negative) return body <= 8;
  if (message === 0) return body === 5;
  if (message === 1 || message === 2) return body === 0;
  return message === 3 ? body >= 5 : body > 0;
}
