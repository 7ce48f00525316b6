import { createCipheriv, createHmac } from 'node:crypto';

import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../../support/octets.js';

/** A ClientHello for `server.example.test` that offers one protocol. */
function clientHello(protocol: string): Uint8Array {
  const name = Buffer.from('server.example.test');
  const extensions = join(
    u16(0, name.length + 5, name.length + 3),
    bytes(0),
    u16(name.length),
    name,
    u16(16, protocol.length + 3, protocol.length + 1),
    bytes(protocol.length),
    Buffer.from(protocol),
    u16(43, 3),
    bytes(2, 3, 4),
  );
  const body = join(u16(0x0303), zeros(32), bytes(0), u16(2, 0x1301), bytes(1, 0), u16(extensions.length), extensions);
  return join(bytes(1, 0), u16(body.length), body);
}

function expand(secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.of(0, length, name.length), name, Buffer.of(0)]);
  return createHmac('sha256', secret).update(info).update(Buffer.of(1)).digest().subarray(0, length);
}

/** A client's first datagram (RFC 9001 §5), its CRYPTO frame in two pieces, the second one first. */
function initial(protocol: string): Uint8Array {
  const id = Buffer.from('8394c8f03e515708', 'hex');
  const salt = Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex');
  const secret = expand(createHmac('sha256', salt).update(id).digest(), 'client in', 32);
  const hello = clientHello(protocol);
  const half = 40;
  const frames = join(
    bytes(6, half),
    u16(0x4000 | (hello.length - half)),
    hello.slice(half),
    bytes(6, 0),
    u16(0x4000 | half),
    hello.slice(0, half),
  );
  const content = join(frames, zeros(1_162 - frames.length));
  const header = join(bytes(0xc3), u32(1), bytes(8), id, bytes(0, 0), u16(0x4000 | (content.length + 4 + 16)), u32(2));
  const nonce = expand(secret, 'quic iv', 12);
  nonce[11] ^= 2;
  const cipher = createCipheriv('aes-128-gcm', expand(secret, 'quic key', 16), nonce);
  cipher.setAAD(header);
  const packet = join(header, cipher.update(content), cipher.final(), cipher.getAuthTag());
  const number = header.length - 4;
  const mask = createCipheriv('aes-128-ecb', expand(secret, 'quic hp', 16), null).update(
    packet.subarray(number + 4, number + 20),
  );
  packet[0] ^= mask[0] & 0x0f;
  for (let n = 0; n < 4; n++) packet[number + n] ^= mask[1 + n];
  return packet;
}

export const samples: readonly Sample[] = [
  {
    name: 'a client Initial of version 1',
    transport: 'udp',
    messages: [['client', initial('h3')]],
    path: 'quic',
    metadata: { quic: { quicVersion: 1, sni: 'server.example.test', alpn: ['h3'], clientVersion: '1.3' } },
  },
  {
    name: 'DNS over QUIC',
    transport: 'udp',
    messages: [['client', initial('doq')]],
    path: 'quic.doq',
    metadata: { quic: { alpn: ['doq'] } },
  },
];
