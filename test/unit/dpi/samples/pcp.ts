import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a mapping',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '0201000000000e1000000000000000000000ffff0a000001111111111111111111111111060000001f90000000000000000000000000000000000000',
          'hex',
        ),
      ],
    ],
    path: 'pcp',
    metadata: { pcp: { opcodes: [1], internalPort: 8080 } },
  },
];
