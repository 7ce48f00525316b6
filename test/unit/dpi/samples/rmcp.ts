import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'IPMI',
    transport: 'udp',
    messages: [['client', Buffer.from('0600ff07000000000000000000092018c88100388e04b5', 'hex')]],
    path: 'rmcp',
    metadata: { rmcp: { class: 7, authenticationType: 0, functions: [6], commands: [56] } },
  },
  {
    name: 'a presence ping',
    transport: 'udp',
    messages: [['client', Buffer.from('0600ff06000011be80000000', 'hex')]],
    path: 'rmcp',
    metadata: { rmcp: { class: 6 } },
  },
];
