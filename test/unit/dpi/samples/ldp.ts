import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a hello',
    transport: 'udp',
    messages: [['client', Buffer.from('0001001e0a0000010000010000140000000104000004000f0000040100040a000001', 'hex')]],
    path: 'ldp',
    metadata: { ldp: { identifiers: ['10.0.0.1'], types: [256] } },
  },
];
