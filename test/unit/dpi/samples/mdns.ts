import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16 } from '../../../support/octets.js';

const text = (value: string): Uint8Array => Buffer.from(value);

export const samples: readonly Sample[] = [
  {
    name: 'a question for printers',
    transport: 'udp',
    messages: [
      [
        'client',
        join(
          u16(0, 0, 1, 0, 0, 0),
          bytes(4),
          text('_ipp'),
          bytes(4),
          text('_tcp'),
          bytes(5),
          text('local'),
          bytes(0),
          u16(12, 0x8001),
        ),
      ],
    ],
    path: 'mdns',
    metadata: { mdns: { messages: [{ questions: [{ name: '_ipp._tcp.local', type: 12, class: 0x8001 }] }] } },
    needsPort: 'only the port tells its messages from those of DNS',
  },
];
