import { clientHello } from '../../../support/client-hello.js';
import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a mailbox',
    transport: 'tcp',
    messages: [
      ['server', '+OK mail.example.test ready\r\n'],
      ['client', 'USER ann\r\n'],
      ['server', '+OK\r\n'],
      ['client', 'PASS secret\r\n'],
      ['server', '-ERR no\r\n'],
      ['client', 'QUIT\r\n'],
      ['server', '+OK bye\r\n'],
    ],
    path: 'pop3',
    metadata: {
      pop3: { greeting: 'mail.example.test ready', user: 'ann', password: '***', commands: ['USER', 'PASS', 'QUIT'] },
    },
  },
  {
    name: 'TLS after STLS',
    transport: 'tcp',
    messages: [
      ['server', '+OK ready\r\n'],
      ['client', 'STLS\r\n'],
      ['server', '+OK go on\r\n'],
      ['client', clientHello()],
    ],
    path: 'pop3.tls',
    metadata: { pop3: { startTls: true }, tls: { sni: 'server.example.test' } },
  },
  {
    name: 'the client alone',
    transport: 'tcp',
    messages: [
      ['client', 'USER ann\r\n'],
      ['client', 'PASS secret\r\n'],
      ['client', 'UIDL\r\n'],
    ],
    path: 'pop3',
    metadata: { pop3: { user: 'ann' } },
  },
];
