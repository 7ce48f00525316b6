import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a solicitation',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '010102030001000a000300010a000000000100080002000000060004001700180027000900066c6170746f7000',
          'hex',
        ),
      ],
    ],
    path: 'dhcpv6',
    metadata: {
      dhcpv6: { types: [1], clientId: '000300010a0000000001', requestedOptions: '00170018', clientName: 'laptop' },
    },
  },
];
