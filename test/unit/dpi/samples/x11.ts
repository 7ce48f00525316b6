import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a cookie',
    transport: 'tcp',
    messages: [
      [
        'client',
        Buffer.from(
          '6c000b0000001200100000004d49542d4d414749432d434f4f4b49452d31000011111111111111111111111111111111',
          'hex',
        ),
      ],
    ],
    path: 'x11',
    metadata: { x11: { authorization: 'MIT-MAGIC-COOKIE-1' } },
  },
];
