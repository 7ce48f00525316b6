import type { Sample } from '../../../support/inspect.js';
import { address, bytes, join, u16 } from '../../../support/octets.js';

/** A name in the first-level encoding, with its suffix. */
function netBiosName(name: string, suffix: number): Uint8Array {
  const octets = [...Buffer.from(name.padEnd(15)), suffix];
  return join(
    bytes(32),
    Uint8Array.from(octets.flatMap((octet) => [0x41 + (octet >>> 4), 0x41 + (octet & 15)])),
    bytes(0),
  );
}

export const samples: readonly Sample[] = [
  {
    name: 'a question and its answer',
    transport: 'udp',
    messages: [
      ['client', join(u16(0x8001, 0x0110, 1, 0, 0, 0), netBiosName('WORKGROUP', 0x1d), u16(0x20, 1))],
      [
        'server',
        join(
          u16(0x8001, 0x8500, 0, 1, 0, 0),
          netBiosName('WORKGROUP', 0x1d),
          u16(0x20, 1, 0, 60, 6, 0),
          address('192.0.2.7'),
        ),
      ],
    ],
    path: 'netbios-ns',
    metadata: {
      'netbios-ns': {
        messages: [
          { response: false, name: 'WORKGROUP', suffix: 0x1d },
          { response: true, addresses: ['192.0.2.7'] },
        ],
      },
    },
  },
];
