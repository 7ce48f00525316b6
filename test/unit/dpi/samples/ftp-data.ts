import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a listing',
    transport: 'tcp',
    messages: [
      [
        'server',
        'drwxr-xr-x   2 ann  users   4096 Jan 01 12:00 levels\r\n-rw-r--r--   1 ann  users    120 Jan 01 12:00 a.txt\r\n',
      ],
    ],
    path: 'ftp-data',
  },
];
