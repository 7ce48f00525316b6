import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u32le } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a telephone registers',
    transport: 'tcp',
    messages: [['client', join(u32le(28, 0, 1), Buffer.from('SEP001122334455'), bytes(0), u32le(0, 0))]],
    path: 'ciscoskinny',
    metadata: { ciscoskinny: { messages: [1], device: 'SEP001122334455' } },
  },
];
