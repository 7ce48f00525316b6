import { clientHello } from '../../../support/client-hello.js';
import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a file over a passive connection',
    transport: 'tcp',
    messages: [
      ['server', '220 files.example.test FTP ready\r\n'],
      ['client', 'USER ann\r\n'],
      ['server', '331 Password?\r\n'],
      ['client', 'PASS secret\r\n'],
      ['server', '230 Welcome\r\n'],
      ['client', 'TYPE I\r\n'],
      ['server', '200 Ok\r\n'],
      ['client', 'PASV\r\n'],
      ['server', '227 Entering passive mode (10,0,0,2,156,64)\r\n'],
      ['client', 'RETR levels.txt\r\n'],
      ['server', '150 Here it comes\r\n226 Done\r\n'],
    ],
    path: 'ftp',
    metadata: {
      ftp: { greeting: 'files.example.test FTP ready', user: 'ann', password: '***', type: 'I', files: ['levels.txt'] },
    },
  },
  {
    name: 'a greeting that does not say FTP',
    transport: 'tcp',
    messages: [
      ['server', '220 Welcome\r\n'],
      ['client', 'USER ann\r\n'],
      ['server', '331 Password?\r\n'],
    ],
    path: 'ftp',
    metadata: { ftp: { user: 'ann' } },
  },
  {
    name: 'TLS after AUTH',
    transport: 'tcp',
    messages: [
      ['server', '220 FTP\r\n'],
      ['client', 'AUTH TLS\r\n'],
      ['server', '234 Go on\r\n'],
      ['client', clientHello()],
    ],
    path: 'ftp.tls',
    metadata: { ftp: { startTls: true }, tls: { sni: 'server.example.test' } },
  },
];
