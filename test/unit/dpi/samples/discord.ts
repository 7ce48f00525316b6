import type { Sample } from '../../../support/inspect.js';
import { join, u16, u32, zeros } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a client asks for its address',
    transport: 'udp',
    messages: [['client', join(u16(1, 70), u32(17), zeros(66))]],
    path: 'discord',
  },
  { name: 'a ping', transport: 'udp', messages: [['client', join(u32(0x1337cafe), u32(1))]], path: 'discord' },
];
