import { type Protocol, Transport, Verdict } from '../protocol.js';

export const websocket: Protocol = {
  name: 'websocket',
  title: 'WebSocket',
  evidence: 'an HTTP connection that was upgraded (RFC 6455 §4)',
  transports: Transport.Tcp,
  ports: [],
  first: [],
  // Begins as HTTP, which refines to it.
  recognise: () => Verdict.NoMatch,
};
