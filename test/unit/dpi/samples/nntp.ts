import { clientHello } from '../../../support/client-hello.js';
import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a group',
    transport: 'tcp',
    messages: [
      ['server', '200 news.example.test ready\r\n'],
      ['client', 'MODE READER\r\n'],
      ['server', '200 Ok\r\n'],
      ['client', 'AUTHINFO USER ann\r\n'],
      ['server', '381 More\r\n'],
      ['client', 'AUTHINFO PASS secret\r\n'],
      ['server', '281 Ok\r\n'],
      ['client', 'GROUP misc.test\r\n'],
    ],
    path: 'nntp',
    metadata: { nntp: { user: 'ann', password: '***', groups: ['misc.test'] } },
  },
  {
    name: 'TLS after STARTTLS',
    transport: 'tcp',
    messages: [
      ['server', '200 news.example.test ready\r\n'],
      ['client', 'CAPABILITIES\r\n'],
      ['server', '101 list\r\nSTARTTLS\r\n.\r\n'],
      ['client', 'STARTTLS\r\n'],
      ['server', '382 go on\r\n'],
      ['client', clientHello()],
    ],
    path: 'nntp.tls',
    metadata: { tls: { sni: 'server.example.test' } },
  },
];
