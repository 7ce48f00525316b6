import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u32, zeros } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'the intermediate transport',
    transport: 'tcp',
    messages: [['client', join(bytes(0xee, 0xee, 0xee, 0xee, 40, 0, 0, 0), zeros(40))]],
    path: 'telegram',
  },
  {
    name: 'the abridged transport',
    transport: 'tcp',
    messages: [['client', join(bytes(0xef, 10), zeros(40))]],
    path: 'telegram',
  },
  {
    name: 'a relay of calls',
    transport: 'udp',
    messages: [['client', join(u32(1, 2, 3, 4, 0xffffffff, 0xffffffff, 0xffffffff, 0xfeffffff, 5, 6))]],
    path: 'telegram',
  },
];
