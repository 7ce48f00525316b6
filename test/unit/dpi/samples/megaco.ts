import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a transaction',
    transport: 'udp',
    messages: [['client', '!/1 [192.0.2.1]:2944\nT=1{C={A={M{O{MO=SR}}}}}']],
    path: 'megaco',
    metadata: { megaco: { sender: '192.0.2.1' } },
  },
];
