import { type Protocol, Transport, Verdict } from '../protocol.js';

export const dot: Protocol = {
  name: 'dot',
  title: 'DNS over TLS',
  evidence: 'a TLS connection whose parties agree on dot (ALPN), or to port 853 (RFC 7858 §3.1)',
  transports: Transport.Tcp,
  ports: [],
  first: [],
  // Begins as TLS, which refines to it.
  recognise: () => Verdict.NoMatch,
};
