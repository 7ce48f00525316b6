import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'versions',
    transport: 'tcp',
    messages: [
      ['server', 'RFB 003.008\n'],
      ['client', 'RFB 003.007\n'],
    ],
    path: 'vnc',
    metadata: { vnc: { serverVersion: 'RFB 003.008', clientVersion: 'RFB 003.007' } },
  },
];
