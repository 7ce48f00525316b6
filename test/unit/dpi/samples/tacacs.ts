import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'an authentication',
    transport: 'tcp',
    messages: [
      [
        'client',
        Buffer.from('c0010100000012340000001e999999999999999999999999999999999999999999999999999999999999', 'hex'),
      ],
      [
        'server',
        Buffer.from('c0010200000012340000001e999999999999999999999999999999999999999999999999999999999999', 'hex'),
      ],
    ],
    path: 'tacacs',
    metadata: { tacacs: { types: [1, 1], sessions: [4660], encrypted: true } },
  },
];
