import { clientHello } from '../../../support/client-hello.js';
import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../../support/octets.js';

const session = u32(0x01234567, 0x89abcdef);
const peer = u32(0x76543210, 0xfedcba98);
const hello = clientHello();
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
  {
    name: 'the handshake within, in two packets and with a packet that comes twice',
    transport: 'udp',
    messages: [
      ['client', plain],
      ['server', join(bytes(0x40), peer, bytes(1), u32(0), session, u32(0))],
      ['client', control(1, hello.subarray(0, 100))],
      ['client', control(1, hello.subarray(0, 100))],
      ['client', control(2, hello.subarray(100))],
    ],
    path: 'openvpn',
    metadata: { openvpn: { protection: 'none', sni: 'server.example.test' } },
  },
  {
    name: 'the handshake within, behind what tls-auth adds',
    transport: 'udp',
    messages: [
      ['client', authenticated],
      ['client', join(bytes(0x20), session, zeros(20), u32(2, 1_700_000_000), bytes(0), u32(1), hello)],
    ],
    path: 'openvpn',
    metadata: { openvpn: { protection: 'tls-auth', sni: 'server.example.test' } },
  },
];

/** A packet of the control channel with its number. */
function control(number: number, octets: Uint8Array): Uint8Array {
  return join(bytes(0x20), session, bytes(0), u32(number), octets);
}

function protection(name: string): Record<string, unknown> {
  return { openvpn: { protection: name } };
}
