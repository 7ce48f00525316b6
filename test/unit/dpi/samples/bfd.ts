import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a session that is up',
    transport: 'udp',
    messages: [['client', Buffer.from('20c0031800000001000000020000c3500000c35000000000', 'hex')]],
    path: 'bfd',
    metadata: { bfd: { state: 3, diagnostic: 0, multiplier: 3 } },
  },
];
