import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Messages: type, three octets of zero; handshakes have one length. */
const enum Message {
  Initiation = 1,
  Response = 2,
  Cookie = 3,
  Data = 4,
  InitiationOctets = 148,
  ResponseOctets = 92,
  CookieOctets = 64,
  LeastData = 32,
  /** Upper half of the little-endian counter. */
  CounterHigh = 12,
}

export const wireguard: Protocol = {
  name: 'wireguard',
  title: 'WireGuard',
  evidence: 'a handshake message of its one length, or data whose counter and padding fit',
  transports: Transport.Udp,
  ports: [51820],
  first: [Message.Initiation, Message.Response, Message.Cookie, Message.Data],
  least: 16,

  recognise(octets, from, _to, flow) {
    if (octets[from + 1] !== 0 || octets[from + 2] !== 0 || octets[from + 3] !== 0) return Verdict.NoMatch;
    const length = flow.wireOctets;
    let isGood = false;
    switch (octets[from] as Message) {
      case Message.Initiation:
        isGood = length === Message.InitiationOctets;
        break;
      case Message.Response:
        isGood = length === Message.ResponseOctets;
        break;
      case Message.Cookie:
        isGood = length === Message.CookieOctets;
        break;
      default:
        isGood =
          length >= Message.LeastData &&
          length % 16 === 0 &&
          u32(octets, from + 4) !== 0 &&
          u32(octets, from + Message.CounterHigh) === 0;
    }
    return isGood ? Verdict.Match : Verdict.NoMatch;
  },
};
