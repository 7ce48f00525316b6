import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'two peers',
    transport: 'tcp',
    messages: [
      ['client', '0 office 17.7\n'],
      ['server', '0 home 17.7\n'],
    ],
    path: 'tinc',
    metadata: { tinc: { peers: ['office', 'home'] } },
  },
];
