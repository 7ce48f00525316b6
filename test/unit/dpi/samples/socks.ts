import { clientHello } from '../../../support/client-hello.js';
import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'version 5, a name, TLS inside',
    transport: 'tcp',
    messages: [
      ['client', Buffer.from('05020002', 'hex')],
      ['server', Buffer.from('0502', 'hex')],
      ['client', Buffer.from('0103616e6e06736563726574', 'hex')],
      ['server', Buffer.from('0100', 'hex')],
      ['client', Buffer.from('05010003137365727665722e6578616d706c652e7465737401bb', 'hex')],
      ['server', Buffer.from('050000010a00000901bb', 'hex')],
      ['client', clientHello()],
    ],
    path: 'socks.tls',
    metadata: {
      socks: { version: 5, command: 1, host: 'server.example.test', port: 443, user: 'ann', password: '***' },
      tls: { sni: 'server.example.test' },
    },
  },
  {
    name: 'version 4, an address',
    transport: 'tcp',
    messages: [
      ['client', Buffer.from('040100500a000009616e6e00', 'hex')],
      ['server', Buffer.from('005a000000000000', 'hex')],
      ['client', 'SSH-2.0-laptop\r\n'],
    ],
    path: 'socks.ssh',
    metadata: { socks: { version: 4, address: '10.0.0.9', port: 80, user: 'ann' } },
  },
];
