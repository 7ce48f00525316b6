import type { Message, Sample } from '../../../support/inspect.js';

const messages: readonly Message[] = [
  ['server', '220 mail.example.test ESMTP ready\r\n'],
  ['client', 'EHLO laptop.example.test\r\n'],
  ['server', '250-mail.example.test\r\n250 STARTTLS\r\n'],
  ['client', 'MAIL FROM:<ann@example.test> SIZE=200\r\n'],
  ['server', '250 2.1.0 Ok\r\n'],
  ['client', 'RCPT TO:<bob@example.test>\r\n'],
  ['server', '550 5.1.1 unknown\r\n'],
  ['client', 'RCPT TO:<carl@example.test>\r\n'],
  ['server', '250 2.1.5 Ok\r\n'],
  ['client', 'DATA\r\n'],
  ['server', '354 go on\r\n'],
  ['client', 'From: Ann <ann@example.test>\r\nSubject: Levels\r\n\r\nRCPT TO:<none@example.test>\r\n.\r\n'],
  ['server', '250 2.0.0 queued\r\n'],
  ['client', 'QUIT\r\n'],
];

export const samples: readonly Sample[] = [
  {
    name: 'a mail',
    transport: 'tcp',
    messages,
    path: 'smtp',
    metadata: {
      smtp: {
        greeting: 'mail.example.test ESMTP ready',
        hello: ['laptop.example.test'],
        from: ['ann@example.test'],
        to: ['bob@example.test', 'carl@example.test'],
        subject: ['Levels'],
        responses: ['550 5.1.1 unknown'],
      },
    },
  },
  {
    name: 'two mails in chunks, after a password that was wrong',
    transport: 'tcp',
    messages: [
      ['server', '220 mail.example.test ESMTP ready\r\n'],
      ['client', 'EHLO laptop.example.test\r\n'],
      ['server', '250 CHUNKING\r\n'],
      ['client', 'AUTH PLAIN\r\n'],
      ['server', '334 \r\n'],
      ['client', 'AGFubgBzZWNyZXQ=\r\n'],
      ['server', '535 no\r\n'],
      ['client', 'MAIL FROM:<ann@example.test>\r\nRCPT TO:<bob@example.test>\r\n'],
      ['client', 'BDAT 26\r\nSubject: One\r\n\r\n250 text\r\nBDAT 19 LAST\r\nSubject: not this\r\n'],
      ['server', '250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n'],
      ['client', 'MAIL FROM:<carl@example.test>\r\nBDAT 30 LAST\r\nSubject: Two\r\n of these\r\n\r\nx\r\nQUIT\r\n'],
    ],
    path: 'smtp',
    metadata: {
      smtp: {
        from: ['ann@example.test', 'carl@example.test'],
        to: ['bob@example.test'],
        subject: ['One', 'Two of these'],
        authentication: ['PLAIN'],
        user: 'ann',
        password: '***',
        commands: ['EHLO', 'AUTH', 'MAIL', 'RCPT', 'BDAT', 'BDAT', 'MAIL', 'BDAT', 'QUIT'],
        responses: ['535 no'],
      },
    },
  },
];
