import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a connection is created',
    transport: 'udp',
    messages: [
      ['client', 'CRCX 1204 aaln/1@gw.example.test MGCP 1.0\r\nC: A3\r\n\r\n'],
      ['server', '200 1204 OK\r\n'],
    ],
    path: 'mgcp',
    metadata: { mgcp: { commands: ['CRCX'], endpoints: ['aaln/1@gw.example.test'] } },
  },
];
