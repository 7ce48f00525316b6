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
];
