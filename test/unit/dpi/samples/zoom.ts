import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../../support/octets.js';

const identifier = join(bytes(0, 3), u32(0x11111111, 0x22222222, 0x33333333, 0x44444444));
const request = join(bytes(1), identifier, u32(0, 2, 77, 77, 64), zeros(64));

export const samples: readonly Sample[] = [
  {
    name: 'a media flow is opened',
    transport: 'udp',
    messages: [
      ['client', request],
      ['server', join(bytes(2), identifier, zeros(24))],
    ],
    path: 'zoom',
  },
  {
    name: 'sound through a server',
    transport: 'udp',
    messages: [1, 2, 3].map((sequence) => [
      'client',
      join(bytes(5), zeros(7), bytes(15), zeros(18), bytes(0x80, 112), u16(sequence), u32(sequence, 9), zeros(40)),
    ]),
    path: 'zoom',
  },
];
