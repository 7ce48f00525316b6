import type { Sample } from '../../../support/inspect.js';
import { join, u32, zeros } from '../../../support/octets.js';

const packet = (sequence: number): Uint8Array => join(u32(0xc0ffee01, sequence), zeros(64));

export const samples: readonly Sample[] = [
  {
    name: 'two packets',
    transport: 'udp',
    messages: [
      ['client', packet(1_000)],
      ['client', packet(1_001)],
    ],
    path: 'esp',
    metadata: { esp: { spis: [0xc0ffee01] } },
    needsPort: 'two words of a number and a counter are common',
  },
];
