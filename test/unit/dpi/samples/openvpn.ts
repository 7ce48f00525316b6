import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../../support/octets.js';

const session = u32(0x01234567, 0x89abcdef);
const plain = join(bytes(0x38), session, bytes(0), u32(0));
const authenticated = join(bytes(0x38), session, zeros(20), u32(1, 1_700_000_000), bytes(0), u32(0));
const encrypted = join(bytes(0x50), session, u32(0x0f000001, 1_700_000_000), zeros(64));

export const samples: readonly Sample[] = [
  { name: 'a reset', transport: 'udp', messages: [['client', plain]], path: 'openvpn', metadata: protection('none') },
  {
    name: 'a reset with tls-auth',
    transport: 'udp',
    messages: [['client', authenticated]],
    path: 'openvpn',
    metadata: protection('tls-auth'),
  },
  {
    name: 'a reset with tls-crypt-v2 over TCP',
    transport: 'tcp',
    messages: [['client', join(u16(encrypted.length), encrypted)]],
    path: 'openvpn',
    metadata: protection('tls-crypt'),
  },
];

function protection(name: string): Record<string, unknown> {
  return { openvpn: { protection: name } };
}
