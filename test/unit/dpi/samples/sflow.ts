import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a sample of counters',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '00000005000000010a0000090000000000000001000003e800000001000000020000000c000000000000000000000000',
          'hex',
        ),
      ],
    ],
    path: 'sflow',
    metadata: { sflow: { version: 5, agent: '10.0.0.9' } },
  },
];
