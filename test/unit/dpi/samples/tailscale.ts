import type { Sample } from '../../../support/inspect.js';
import { join, zeros } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a discovery message',
    transport: 'udp',
    messages: [['client', join(Buffer.from('TS💬'), zeros(80))]],
    path: 'tailscale',
  },
];
