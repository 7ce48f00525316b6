import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a mapping',
    transport: 'udp',
    messages: [
      ['client', Buffer.from('000200001f901f9000000e10', 'hex')],
      ['server', Buffer.from('00820000000000051f901f9100000e10', 'hex')],
    ],
    path: 'nat-pmp',
    metadata: { 'nat-pmp': { opcodes: [2, 130], internalPort: 8080, externalPort: 8081, result: 0 } },
  },
];
