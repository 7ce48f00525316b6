import type { Sample } from '../../../support/inspect.js';
import { join, u16, u32, zeros } from '../../../support/octets.js';

const start = join(
  u16(156, 1),
  u32(0x1a2b3c4d),
  u16(1, 0, 0x0100, 0),
  u32(1, 1),
  u16(0, 1),
  Buffer.from('laptop'),
  zeros(58),
  Buffer.from('weir'),
  zeros(60),
);

export const samples: readonly Sample[] = [
  {
    name: 'a connection is asked for',
    transport: 'tcp',
    messages: [['client', start]],
    path: 'pptp',
    metadata: { pptp: { messages: [1], hostNames: ['laptop'], vendors: ['weir'] } },
  },
];
