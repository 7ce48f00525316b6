import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'user data',
    transport: 'udp',
    messages: [['client', join(bytes(0x30, 255), u16(20), u32(7), bytes(0x45, 0), u16(20), zeros(16))]],
    path: 'gtp',
    metadata: { gtp: { version: 1, messageTypes: [255] } },
  },
  {
    name: 'a session of version 2',
    transport: 'udp',
    messages: [['client', join(bytes(0x48, 32), u16(13), u32(0, 0x100), bytes(3), u16(1), bytes(0, 9))]],
    path: 'gtp',
  },
  {
    name: 'an echo of version 1',
    transport: 'udp',
    messages: [['client', join(bytes(0x32, 1), u16(4), u32(0), u16(1, 0))]],
    path: 'gtp',
    needsPort: 'it says little',
  },
];
