import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'version 2c',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from('302702010104067075626c6963a01a02023039020100020100300e300c06082b060102010105000500', 'hex'),
      ],
    ],
    path: 'snmp',
    metadata: { snmp: { version: 2, community: '***', operations: [0], objectIds: ['1.3.6.1.2.1.1.5.0'] } },
  },
  {
    name: 'version 3',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '3054020103300e020109020300ffe304010402010304183016040580000000010201010201020403616e6e040004003025040580000000010400a01a02023039020100020100300e300c06082b060102010105000500',
          'hex',
        ),
      ],
    ],
    path: 'snmp',
    metadata: { snmp: { version: 3, user: 'ann', engineId: '8000000001', objectIds: ['1.3.6.1.2.1.1.5.0'] } },
  },
];
