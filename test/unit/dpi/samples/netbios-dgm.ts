import type { Sample } from '../../../support/inspect.js';
import { address, bytes, join, u16, zeros } from '../../../support/octets.js';

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
    name: 'a datagram from one name to another',
    transport: 'udp',
    messages: [
      [
        'client',
        join(
          bytes(0x11, 2),
          u16(7),
          address('192.0.2.1'),
          u16(138, 76, 0),
          netBiosName('LAPTOP', 0),
          netBiosName('OFFICE', 0x1d),
          zeros(8),
        ),
      ],
    ],
    path: 'netbios-dgm',
    metadata: { 'netbios-dgm': { sourceName: 'LAPTOP', destinationName: 'OFFICE', sourceAddress: '192.0.2.1' } },
  },
];
