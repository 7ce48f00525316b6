import type { Sample } from '../../../support/inspect.js';
import { join, u16, u32, zeros } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a frame',
    transport: 'udp',
    messages: [['client', join(u16(0, 0x6558), u32(0x100), zeros(12), u16(0x0800), zeros(28))]],
    path: 'geneve',
  },
];
