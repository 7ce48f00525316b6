import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16 } from '../../../support/octets.js';

const name = join(
  bytes(3),
  Buffer.from('www'),
  bytes(7),
  Buffer.from('example'),
  bytes(4),
  Buffer.from('test'),
  bytes(0),
);

export const samples: readonly Sample[] = [
  {
    name: 'a query whose header counts records that are not there',
    transport: 'udp',
    messages: [['client', join(u16(0x1234, 0x0100, 1, 0, 0x8000, 0), name, u16(1, 1))]],
    path: 'dns',
    metadata: { dns: { messages: [{ id: 0x1234, questions: [{ name: 'www.example.test', type: 1, class: 1 }] }] } },
    needsPort: 'only there a damaged header is overlooked',
  },
];
