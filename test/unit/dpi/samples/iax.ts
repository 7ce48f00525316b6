import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32 } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a call',
    transport: 'udp',
    messages: [
      [
        'client',
        join(
          u16(0x8001, 0),
          u32(3),
          bytes(0, 0, 6, 1, 11, 2, 0, 2, 1, 3),
          Buffer.from('123'),
          bytes(6, 3),
          Buffer.from('ann'),
        ),
      ],
    ],
    path: 'iax',
    metadata: { iax: { called: '123', user: 'ann' } },
  },
];
