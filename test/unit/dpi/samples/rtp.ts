import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../../support/octets.js';

const packet = (sequence: number): Uint8Array =>
  join(bytes(0x80, 8), u16(sequence), u32(160 * sequence, 0x11223344), zeros(8));

export const samples: readonly Sample[] = [
  {
    name: 'a call',
    transport: 'udp',
    messages: [65_534, 65_535, 0].map((sequence) => ['client', packet(sequence)]),
    path: 'rtp',
    metadata: { rtp: { payloadTypes: [8], sources: [0x11223344] } },
  },
  {
    name: 'a call over TCP',
    transport: 'tcp',
    messages: [1, 2, 3].map((sequence) => ['client', join(u16(20), packet(sequence))]),
    path: 'rtp',
  },
];
