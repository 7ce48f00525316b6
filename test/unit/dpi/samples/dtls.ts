import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../../support/octets.js';

/** A ClientHello of DTLS 1.2 for `media.example.test`. */
function clientHello(): Uint8Array {
  const name = Buffer.from('media.example.test');
  const extensions = join(u16(0, name.length + 5, name.length + 3), bytes(0), u16(name.length), name);
  return join(u16(0xfefd), zeros(32), bytes(0, 0), u16(2, 0xc02b), bytes(1, 0), u16(extensions.length), extensions);
}

/** A record that holds a part of a handshake message. */
function fragment(number: number, type: number, message: Uint8Array, from: number, to: number): Uint8Array {
  const part = message.slice(from, to);
  const handshake = join(bytes(type, 0), u16(message.length, 0), bytes(0), u16(from), bytes(0), u16(part.length), part);
  return join(bytes(22, 0xfe, 0xfd), u16(0, 0, 0, number, handshake.length), handshake);
}

const hello = clientHello();

export const samples: readonly Sample[] = [
  {
    name: 'a hello',
    transport: 'udp',
    messages: [['client', fragment(0, 1, hello, 0, hello.length)]],
    path: 'dtls',
    metadata: { dtls: { sni: 'media.example.test', clientVersion: '1.2' } },
  },
  {
    name: 'a hello behind a check of STUN',
    transport: 'udp',
    messages: [
      ['client', join(u16(1, 0), u32(0x2112a442, 1, 2, 3))],
      ['client', fragment(0, 1, hello, 0, hello.length)],
    ],
    path: 'stun.dtls',
    metadata: { dtls: { sni: 'media.example.test' } },
  },
  {
    name: 'a hello in two fragments',
    transport: 'udp',
    messages: [
      ['client', fragment(0, 1, hello, 0, 30)],
      ['client', fragment(1, 1, hello, 30, hello.length)],
    ],
    path: 'dtls',
    metadata: { dtls: { sni: 'media.example.test' } },
  },
  {
    name: 'data in the middle of a connection',
    transport: 'udp',
    messages: [['client', join(bytes(23, 0xfe, 0xfd), u16(1, 0, 0, 7, 32), zeros(32))]],
    path: 'dtls',
  },
];
