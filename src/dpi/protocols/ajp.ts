import { ascii, find, u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const enum Mark {
  ToServer = 0x1234,
  ToProxy = 0x4142,
}

const enum Code {
  Forward = 2,
  Body = 3,
  Headers = 4,
  End = 5,
  GetBody = 6,
  Shutdown = 7,
  Ping = 8,
  Pong = 9,
  CPing = 10,
}

const HTTP = ascii('HTTP/');

export const ajp: Protocol = {
  name: 'ajp',
  title: 'Apache JServ Protocol 1.3',
  evidence: 'a packet with its mark, its length and a known code; a request names HTTP',
  transports: Transport.Tcp,
  ports: [8009],
  first: [0x12, 0x41],
  least: 5,
  recognise(octets, from, to, flow) {
    const mark = u16(octets, from);
    const length = u16(octets, from + 2);
    const code = octets[from + 4];
    if (mark === Mark.ToProxy) {
      if (code === Code.Pong || code === Code.End || code === Code.GetBody)
        return length === (code === Code.GetBody ? 3 : code === Code.End ? 2 : 1) ? Verdict.Match : Verdict.NoMatch;
      if (code === Code.Body) return length > 3 && length <= 8_192 ? Verdict.Likely : Verdict.NoMatch;
      if (code !== Code.Headers || length < 8 || length > 8_192) return Verdict.NoMatch;
      if (to - from < 7) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
      const status = u16(octets, from + 5);
      return status >= 100 && status < 600 ? Verdict.Match : Verdict.NoMatch;
    }
    if (mark !== Mark.ToServer) return Verdict.NoMatch;
    if (code === Code.CPing || code === Code.Shutdown || code === Code.Ping)
      return length === 1 ? Verdict.Match : Verdict.NoMatch;
    if (code !== Code.Forward || length < 16 || length > 8_192) return Verdict.NoMatch;
    if (to - from < 13) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    return find(octets, from + 6, Math.min(to, from + 13), HTTP) >= 0 ? Verdict.Match : Verdict.NoMatch;
  },
};
