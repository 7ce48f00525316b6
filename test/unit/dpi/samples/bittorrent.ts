import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../../support/octets.js';

const hash = zeros(20).fill(0xab);

function utp(type: number, id: number, difference: number, sequence: number, acknowledged: number): Uint8Array {
  return join(bytes((type << 4) | 1, 0), u16(id), u32(1_000, difference, 0x10_0000), u16(sequence, acknowledged));
}

export const samples: readonly Sample[] = [
  {
    name: 'a handshake of peers',
    transport: 'tcp',
    messages: [
      ['client', join(Buffer.from('\x13BitTorrent protocol'), zeros(8), hash, Buffer.from('-XX1234-abcdefghijkl'))],
      ['client', bytes(0, 0, 0, 1, 2)],
    ],
    path: 'bittorrent',
    metadata: { bittorrent: { infoHash: ['ab'.repeat(20)], client: ['XX1234'] } },
  },
  {
    name: 'a question to the hash table',
    transport: 'udp',
    messages: [
      [
        'client',
        join(
          Buffer.from('d1:ad2:id20:aaaaaaaaaaaaaaaaaaaa9:info_hash20:'),
          hash,
          Buffer.from('e1:q9:get_peers1:t2:aa1:y1:qe'),
        ),
      ],
    ],
    path: 'bittorrent',
    metadata: { bittorrent: { infoHash: ['ab'.repeat(20)] } },
  },
  {
    name: 'a connection over uTP',
    transport: 'udp',
    messages: [
      ['client', utp(4, 0x4567, 0, 1, 0)],
      ['server', utp(2, 0x4567, 700, 0x3333, 1)],
    ],
    path: 'bittorrent',
  },
  {
    name: 'a tracker',
    transport: 'udp',
    messages: [['client', bytes(0, 0, 4, 0x17, 0x27, 0x10, 0x19, 0x80, 0, 0, 0, 0, 1, 2, 3, 4)]],
    path: 'bittorrent',
  },
];
