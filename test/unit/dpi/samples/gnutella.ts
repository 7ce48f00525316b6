import { clientHello } from '../../../support/client-hello.js';
import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u32le, zeros } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a handshake',
    transport: 'tcp',
    messages: [
      ['client', 'GNUTELLA CONNECT/0.6\r\nUser-Agent: Example/1.0\r\nListen-IP: 192.0.2.1:6346\r\n\r\n'],
      ['server', 'GNUTELLA/0.6 200 OK\r\nUser-Agent: Other/2.0\r\n\r\n'],
    ],
    path: 'gnutella',
    metadata: { gnutella: { userAgent: ['Example/1.0', 'Other/2.0'], listenAddress: ['192.0.2.1:6346'] } },
  },
  {
    name: 'TLS on a connection whose parties want it',
    transport: 'tcp',
    messages: [
      ['client', 'GNUTELLA CONNECT/0.6\r\nUpgrade: TLS/1.0\r\n\r\n'],
      ['server', 'GNUTELLA/0.6 200 OK\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\n\r\n'],
      ['client', 'GNUTELLA/0.6 200 OK\r\n\r\n'],
      ['client', clientHello()],
    ],
    path: 'gnutella.tls',
    metadata: { tls: { sni: 'server.example.test' } },
  },
  {
    name: 'a query in a datagram',
    transport: 'udp',
    messages: [['client', join(zeros(16).fill(0x5a), bytes(0x80, 3, 0), u32le(6), bytes(0, 0), Buffer.from('abc\0'))]],
    path: 'gnutella',
  },
  {
    name: 'a ping',
    transport: 'udp',
    messages: [['client', join(zeros(16).fill(0x5a), bytes(0x00, 1, 0), u32le(0))]],
    path: 'gnutella',
    needsPort: 'the header of a ping says little at other ports',
  },
];
