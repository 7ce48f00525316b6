import type { Sample } from '../../../support/inspect.js';
import { join, u16 } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a tunnel is asked for',
    transport: 'udp',
    messages: [
      [
        'client',
        join(
          u16(0xc802, 40, 0, 0, 0, 0),
          u16(0x8008, 0, 0, 1),
          u16(0x800c, 0, 7),
          Buffer.from('laptop'),
          u16(0x8008, 0, 2, 0x0100),
        ),
      ],
    ],
    path: 'l2tp',
    metadata: { l2tp: { messages: [1], hostName: 'laptop' } },
  },
];
