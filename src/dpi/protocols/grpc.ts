import { type Protocol, Transport, Verdict } from '../protocol.js';

export const grpc: Protocol = {
  name: 'grpc',
  title: 'gRPC over HTTP/2 without TLS',
  evidence: 'a content type application/grpc in the header fields of an HTTP/2 connection',
  transports: Transport.Tcp,
  ports: [],
  first: [],
  // Begins as HTTP/2, which refines to it.
  recognise: () => Verdict.NoMatch,
};
