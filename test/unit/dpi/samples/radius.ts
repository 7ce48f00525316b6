import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a request',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '01070039555555555555555555555555555555550105616e6e02127777777777777777777777777777777704060a0000091f0831302d302d31',
          'hex',
        ),
      ],
    ],
    path: 'radius',
    metadata: {
      radius: {
        messages: [{ code: 1, id: 7, user: 'ann', nasAddress: '10.0.0.9', callingStation: '10-0-1', password: '***' }],
      },
    },
  },
];
