import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'an OPEN',
    transport: 'tcp',
    messages: [
      ['client', Buffer.from('ffffffffffffffffffffffffffffffff001d0104fde900b40a00000100', 'hex')],
      ['server', Buffer.from('ffffffffffffffffffffffffffffffff001304', 'hex')],
    ],
    path: 'bgp',
    metadata: { bgp: { types: [1, 4], autonomousSystems: [65001], holdTime: [180], identifiers: ['10.0.0.1'] } },
  },
];
