import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16le, u32le, zeros } from '../../../support/octets.js';

const segment = (command: number, length: number): Uint8Array =>
  join(u32le(0x11223344), bytes(command, 0), u16le(128), u32le(1_000, 1, 0, length), zeros(length));

export const samples: readonly Sample[] = [
  { name: 'data', transport: 'udp', messages: [['client', join(segment(82, 0), segment(81, 20))]], path: 'kcp' },
];
