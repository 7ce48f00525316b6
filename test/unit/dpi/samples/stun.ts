import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../../support/octets.js';

/** A message with the magic cookie. */
function message(type: number, attributes: Uint8Array): Uint8Array {
  return join(u16(type, attributes.length), u32(0x2112a442, 1, 2, 3), attributes);
}

const userName = join(u16(6, 5), Buffer.from('a1:b2'), zeros(3));
// 192.0.2.1 under the mask of the cookie.
const mapped = join(u16(0x20, 8), bytes(0, 1, 0, 0, 0xe1, 0x12, 0xa6, 0x43));
const dtlsHello = join(
  bytes(22, 0xfe, 0xff),
  u16(0, 0, 0, 0, 16),
  bytes(1, 0, 0, 4),
  u16(0, 0),
  bytes(0, 0, 0, 4, 1, 2, 3, 4),
);
const media = (sequence: number): Uint8Array =>
  join(bytes(0x80, 111), u16(sequence), u32(960 * sequence, 0x11223344), zeros(20));

export const samples: readonly Sample[] = [
  {
    name: 'a check of ICE',
    transport: 'udp',
    messages: [
      ['client', message(1, userName)],
      ['server', message(0x0101, mapped)],
    ],
    path: 'stun',
    metadata: { stun: { methods: [1], userNames: ['a1:b2'], mappedAddress: '192.0.2.1' } },
  },
  {
    name: 'DTLS behind the check',
    transport: 'udp',
    messages: [
      ['client', message(1, userName)],
      ['client', dtlsHello],
    ],
    path: 'stun.dtls',
  },
  {
    name: 'media behind the check',
    transport: 'udp',
    messages: [
      ['client', message(1, userName)],
      ['client', media(1)],
      ['client', media(2)],
      ['client', media(3)],
    ],
    path: 'stun.rtp',
  },
  {
    name: 'a check over TCP, with its length in front',
    transport: 'tcp',
    messages: [['client', join(u16(32), message(1, userName))]],
    path: 'stun',
    metadata: { stun: { userNames: ['a1:b2'] } },
  },
  {
    name: 'a message without cookie (RFC 3489)',
    transport: 'udp',
    messages: [['client', join(u16(1, 8), u32(9, 1, 2, 3), u16(3, 4), u32(2))]],
    path: 'stun',
  },
  {
    name: 'a check of Teams',
    transport: 'udp',
    messages: [['client', message(1, join(userName, u16(0x8070, 4), u32(3)))]],
    path: 'stun.teams',
  },
  {
    name: 'a relay of WhatsApp',
    transport: 'udp',
    messages: [['client', message(3, join(u16(0x4000, 4), u32(7)))]],
    path: 'stun.whatsapp',
  },
];
