import { bytes, join, type Octets, u16, zeros } from './octets.js';

/** A TLS record with a ClientHello for `server.example.test`, what follows STARTTLS and the like. */
export function clientHello(): Octets {
  const name = Buffer.from('server.example.test');
  const extension = join(u16(0, name.length + 5, name.length + 3), bytes(0), u16(name.length), name);
  const body = join(u16(0x0303), zeros(32), bytes(0), u16(2, 0xc02f), bytes(1, 0), u16(extension.length), extension);
  const handshake = join(bytes(1, 0), u16(body.length), body);
  return join(bytes(0x16, 3, 1), u16(handshake.length), handshake);
}
