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
    name: 'a mail, and the beginning of another',
    transport: 'tcp',
    messages: [
      ['server', '+OK ready\r\n'],
      ['client', 'USER ann\r\nPASS secret\r\nLIST\r\nRETR 1\r\nTOP 2 0\r\nQUIT\r\n'],
      ['server', '+OK\r\n+OK\r\n+OK\r\n1 99\r\n2 9\r\n.\r\n+OK 99 octets\r\n'],
      ['server', 'From: Bob <bob@example.test>\r\nSubject: The first\r\n  of two\r\nX-Other: no\r\n'],
      ['server', 'To: ann@example.test\r\n\r\nSubject: none\r\n+OK no answer\r\n..\r\n.\r\n'],
      ['server', '+OK\r\nSubject: The second\r\nUser-Agent: Mail 1.0\r\n\r\n.\r\n+OK bye\r\n'],
    ],
    path: 'pop3',
    metadata: {
      pop3: {
        commands: ['USER', 'PASS', 'LIST', 'RETR', 'TOP', 'QUIT'],
        messages: ['+OK ready', '+OK', '+OK', '+OK', '+OK 99 octets', '+OK', '+OK bye'],
        headerFrom: ['Bob <bob@example.test>'],
        headerTo: ['ann@example.test'],
        subject: ['The first  of two', 'The second'],
        userAgent: ['Mail 1.0'],
      },
    },
  },
  {
    name: 'a name and a password in lines of their own',
    transport: 'tcp',
    messages: [
      ['server', '+OK ready\r\n'],
      ['client', 'AUTH LOGIN\r\n'],
      ['server', '+ VXNlcm5hbWU6\r\n'],
      ['client', 'YW5u\r\n'],
      ['server', '+ UGFzc3dvcmQ6\r\n'],
      ['client', 'c2VjcmV0\r\n'],
      ['server', '+OK\r\n'],
    ],
    path: 'pop3',
    metadata: { pop3: { user: 'ann', password: '***' } },
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
