import { type Protocol, Transport, Verdict } from '../protocol.js';

export const doq: Protocol = {
  name: 'doq',
  title: 'DNS over QUIC',
  evidence: 'a QUIC connection whose client offers doq (ALPN, RFC 9250 §4.1)',
  transports: Transport.Udp,
  ports: [],
  first: [],
  // Begins as QUIC, which refines to it.
  recognise: () => Verdict.NoMatch,
};
