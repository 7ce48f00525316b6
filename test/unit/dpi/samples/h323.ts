import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16 } from '../../../support/octets.js';

const setup = join(
  bytes(8, 2, 0, 1, 5, 0x28, 3),
  Buffer.from('ann'),
  bytes(0x70, 4, 0x81),
  Buffer.from('123'),
  bytes(0x7e, 0, 0),
);

export const samples: readonly Sample[] = [
  {
    name: 'a call',
    transport: 'tcp',
    messages: [['client', join(bytes(3, 0), u16(4 + setup.length), setup)]],
    path: 'h323',
    metadata: { h323: { messages: [5], display: 'ann', called: '123' } },
  },
];
