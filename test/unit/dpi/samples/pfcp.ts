import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32 } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a heartbeat',
    transport: 'udp',
    messages: [['client', join(bytes(0x20, 1), u16(12), u32(0x100), u16(96, 4), u32(5))]],
    path: 'pfcp',
    metadata: { pfcp: { messageTypes: [1] } },
  },
];
