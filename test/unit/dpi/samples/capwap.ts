import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a discovery',
    transport: 'udp',
    messages: [['client', Buffer.from('001002000000000000000001000008000014000100', 'hex')]],
    path: 'capwap',
    metadata: { capwap: { types: [1] } },
  },
  {
    name: 'a DTLS record',
    transport: 'udp',
    messages: [['client', Buffer.from('0100000016feff00000000000000000004000000000000', 'hex')]],
    path: 'capwap',
    metadata: { capwap: { encrypted: true } },
  },
];
