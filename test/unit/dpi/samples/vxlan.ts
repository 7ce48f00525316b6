import type { Sample } from '../../../support/inspect.js';
import { join, u16, u32, zeros } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a frame',
    transport: 'udp',
    messages: [['client', join(u32(0x08000000, 0x100), zeros(12), u16(0x0800), zeros(28))]],
    path: 'vxlan',
  },
];
