import type { Sample } from '../../../support/inspect.js';
import { address, join, u16, u32, zeros } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a bubble behind an indicator',
    transport: 'udp',
    messages: [
      [
        'client',
        join(u16(1), zeros(11), u32(0x60000000), u16(0, 0x3bff), address('fe80::ffff:ffff:fffe'), address('ff02::2')),
      ],
    ],
    path: 'teredo',
  },
];
