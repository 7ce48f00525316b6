import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a search for a gatekeeper',
    transport: 'udp',
    messages: [
      ['client', Uint8Array.from(Buffer.from('02200000060008914a0004001102007c07f22200ae01003d000103', 'hex'))],
    ],
    path: 'ras',
  },
];
