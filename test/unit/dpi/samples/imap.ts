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
    name: 'mails that are fetched, and one that is stored',
    transport: 'tcp',
    messages: [
      ['server', '* OK ready\r\n'],
      ['client', 'a1 UID FETCH 1:2 (BODY.PEEK[HEADER] BODY[])\r\n'],
      ['server', '* 1 FETCH (BODY[HEADER] {46}\r\nSubject: One\r\nFrom: Bob <bob@example.test>\r\n\r\n)\r\n'],
      ['server', '* 2 FETCH (BODY[] {37}\r\nSubject: Two\r\n\r\nSubject: not this\r\n)\r\n'],
      ['server', '* 3 FETCH (BODY[TEXT] {19}\r\nSubject: nor this\r\n)\r\na1 OK\r\n'],
      ['client', 'a2 APPEND Sent {41}\r\n'],
      ['server', '+ go on\r\n'],
      ['client', 'To: bob@example.test\r\nSubject: Three\r\n\r\nx\r\n'],
      ['server', 'a2 OK\r\n'],
      ['client', 'a3 LOGOUT\r\n'],
    ],
    path: 'imap',
    metadata: {
      imap: {
        commands: ['UID FETCH', 'APPEND', 'LOGOUT'],
        headerFrom: ['Bob <bob@example.test>'],
        headerTo: ['bob@example.test'],
        subject: ['One', 'Two', 'Three'],
      },
    },
  },
  {
    name: 'a name and a password in one',
    transport: 'tcp',
    messages: [
      ['server', '* OK ready\r\n'],
      ['client', 'a1 AUTHENTICATE PLAIN\r\n'],
      ['server', '+ \r\n'],
      ['client', 'AGFubgBzZWNyZXQ=\r\n'],
      ['server', 'a1 OK\r\n'],
    ],
    path: 'imap',
    metadata: { imap: { login: ['ann'], password: '***', authentication: ['PLAIN'] } },
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
