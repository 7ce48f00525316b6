import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'an address',
    transport: 'udp',
    messages: [
      ['client', 'A'],
      ['server', 'IP=192.0.2.133,PORT=51381'],
    ],
    path: 'softether',
    metadata: { softether: { address: 'IP=192.0.2.133,PORT=51381' } },
  },
];
