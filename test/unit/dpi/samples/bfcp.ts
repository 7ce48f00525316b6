import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32 } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a floor is asked for',
    transport: 'tcp',
    messages: [['client', join(bytes(0x20, 1), u16(1), u32(7), u16(1, 2), bytes(0x05, 4), u16(3))]],
    path: 'bfcp',
  },
  {
    name: 'a hello over UDP',
    transport: 'udp',
    messages: [['client', join(bytes(0x40, 11), u16(0), u32(7), u16(1, 2))]],
    path: 'bfcp',
  },
];
