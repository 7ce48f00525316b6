import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a request',
    transport: 'udp',
    messages: [['client', Buffer.from('00016c6576656c732e747874006f6374657400', 'hex')]],
    path: 'tftp',
    metadata: { tftp: { filename: ['levels.txt'], mode: 'octet', write: false } },
  },
  {
    name: 'blocks without their request',
    transport: 'udp',
    messages: [
      [
        'server',
        Buffer.from(
          '0003000161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161',
          'hex',
        ),
      ],
      ['client', Buffer.from('00040001', 'hex')],
    ],
    path: 'tftp',
  },
];
