import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'the list of programs',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '000012340000000000000002000186a00000000200000004000000010000001800000007000000066c6170746f70000000000000000000000000000000000000',
          'hex',
        ),
      ],
    ],
    path: 'onc-rpc',
    metadata: { 'onc-rpc': { program: 100000, procedures: [4] } },
  },
];
