import { clientHello } from '../../../support/client-hello.js';
import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a mailbox',
    transport: 'tcp',
    messages: [
      ['server', '* OK mail.example.test ready\r\n'],
      ['client', 'a1 CAPABILITY\r\n'],
      ['server', '* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK done\r\n'],
      ['client', 'a2 LOGIN "ann" "secret"\r\n'],
      ['server', 'a2 OK\r\n'],
      ['client', 'a3 SELECT INBOX\r\n'],
      ['server', '* 3 EXISTS\r\n* 0 RECENT\r\na3 OK\r\n'],
    ],
    path: 'imap',
    metadata: {
      imap: {
        greeting: 'OK mail.example.test ready',
        login: ['ann'],
        password: '***',
        mailboxes: ['INBOX'],
        exists: ['3'],
        recent: ['0'],
        commands: ['CAPABILITY', 'LOGIN', 'SELECT'],
      },
    },
  },
  {
    name: 'TLS after STARTTLS',
    transport: 'tcp',
    messages: [
      ['server', '* OK ready\r\n'],
      ['client', '. STARTTLS\r\n'],
      ['server', '. OK go on\r\n'],
      ['client', clientHello()],
    ],
    path: 'imap.tls',
    metadata: { imap: { startTls: 'STARTTLS' }, tls: { sni: 'server.example.test' } },
  },
];
