import { ascii, mayStartWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const PREFACE = ascii('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export const http2: Protocol = {
  name: 'http2',
  title: 'HTTP/2 with prior knowledge, and within TLS',
  evidence: 'the connection preface of RFC 9113 §3.4; within TLS the protocol that the server chose (ALPN h2)',
  transports: Transport.Tcp,
  ports: [],
  first: [PREFACE[0]],

  recognise(octets, from, to) {
    if (!mayStartWith(octets, from, to, PREFACE)) return Verdict.NoMatch;
    return to - from >= PREFACE.length ? Verdict.Match : Verdict.NeedMore;
  },
};
