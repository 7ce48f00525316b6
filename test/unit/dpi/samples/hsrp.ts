import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'version 1',
    transport: 'udp',
    messages: [['client', Buffer.from('000010030a780100636973636f0000000a0000fe', 'hex')]],
    path: 'hsrp',
    metadata: {
      hsrp: { version: 1, state: 16, priority: 120, group: 1, virtualAddress: '10.0.0.254', authentication: '***' },
    },
  },
  {
    name: 'version 2',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from('01280200060400070a0a0a0a0a0a0000007800000bb8000027100a0000fe000000000000000000000000', 'hex'),
      ],
    ],
    path: 'hsrp',
    metadata: { hsrp: { version: 2, group: 7, priority: 120, virtualAddress: '10.0.0.254' } },
  },
];
