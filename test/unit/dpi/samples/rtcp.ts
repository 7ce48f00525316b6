import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32 } from '../../../support/octets.js';

const text = Buffer.from('ann@host');

export const samples: readonly Sample[] = [
  {
    name: 'a report with a name',
    transport: 'udp',
    messages: [
      [
        'client',
        join(
          bytes(0x80, 201),
          u16(1),
          u32(0x11223344),
          bytes(0x81, 202),
          u16(4),
          u32(0x11223344),
          bytes(1, 8),
          text,
          bytes(0, 0),
        ),
      ],
    ],
    path: 'rtcp',
    metadata: { rtcp: { sources: [0x11223344], canonicalNames: ['ann@host'] } },
  },
];
