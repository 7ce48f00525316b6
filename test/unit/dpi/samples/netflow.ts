import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'version 5',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '00050001000003e86955b900000000000000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
          'hex',
        ),
      ],
    ],
    path: 'netflow',
    metadata: { netflow: { version: 5 } },
  },
  {
    name: 'version 9',
    transport: 'udp',
    messages: [['client', Buffer.from('00090001000003e86955b90000000001000000070000000c0100000100080004', 'hex')]],
    path: 'netflow',
    metadata: { netflow: { version: 9, source: 7 } },
  },
  {
    name: 'IPFIX',
    transport: 'udp',
    messages: [['client', Buffer.from('000a001c6955b90000000001000000070002000c0100000100080004', 'hex')]],
    path: 'netflow',
    metadata: { netflow: { version: 10, source: 7 } },
  },
];
