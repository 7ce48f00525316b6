import type { Sample } from '../../../support/inspect.js';
import { bytes, join, zeros } from '../../../support/octets.js';

export const samples: readonly Sample[] = [
  {
    name: 'a handshake',
    transport: 'udp',
    messages: [['client', join(bytes(1, 0, 0, 0), zeros(144))]],
    path: 'wireguard',
  },
  {
    name: 'data',
    transport: 'udp',
    messages: [['client', join(bytes(4, 0, 0, 0, 9, 8, 7, 6, 5, 0, 0, 0), zeros(20))]],
    path: 'wireguard',
  },
];
