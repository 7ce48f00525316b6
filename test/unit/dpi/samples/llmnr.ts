import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16 } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a question for a host',
    transport: 'udp',
    messages: [['client', join(u16(0x1234, 0, 1, 0, 0, 0), bytes(6), Buffer.from('laptop'), bytes(0), u16(1, 1))]],
    path: 'llmnr',
    metadata: { llmnr: { messages: [{ id: 0x1234, questions: [{ name: 'laptop', type: 1 }] }] } },
    needsPort: 'only the port tells its messages from those of DNS',
  },
];
