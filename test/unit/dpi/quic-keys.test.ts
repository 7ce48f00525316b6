import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { plain, removeProtection } from '../../../src/dpi/quic-keys.js';

const SALT = Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex');

function expand(secret: Buffer, label: string, octets: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.from([0, octets, name.length, ...name, 0, 1]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, octets);
}

/** An Initial packet of version 1 with those frames, protected (RFC 9001 §5). */
function initial(id: Buffer, isServer: boolean, number: number, frames: Buffer, reserved = 0): Buffer {
  const common = createHmac('sha256', SALT).update(id).digest();
  const secret = expand(common, isServer ? 'server in' : 'client in', 32);
  const nonce = Buffer.from(expand(secret, 'quic iv', 12));
  const header = Buffer.from([0xc1 | reserved, 0, 0, 0, 1, id.length, ...id, 0, 0, 0x40, 0, 0, 0]);
  header.writeUInt16BE(0x4000 | (frames.length + 18), header.length - 4);
  header.writeUInt16BE(number, header.length - 2);
  nonce.writeUInt16BE(nonce.readUInt16BE(10) ^ number, 10);
  const cipher = createCipheriv('aes-128-gcm', expand(secret, 'quic key', 16), nonce);
  cipher.setAAD(header);
  const body = Buffer.concat([cipher.update(frames), cipher.final(), cipher.getAuthTag()]);
  const mask = createCipheriv('aes-128-ecb', expand(secret, 'quic hp', 16), null).update(body.subarray(2, 18));
  header[0] ^= mask[0] & 0x0f;
  for (let n = 0; n < 2; n++) header[header.length - 2 + n] ^= mask[1 + n];
  return Buffer.concat([header, body]);
}

function open(packet: Buffer, id: Buffer, isServer: boolean): string {
  const number = 6 + id.length + 4;
  const length = removeProtection(1, isServer, id, 0, id.length, packet, 0, number, packet.length);
  return length < 0 ? 'none' : Buffer.from(plain.subarray(0, length)).toString('hex');
}

const packet = fc.record({
  connection: fc.nat(400),
  isServer: fc.boolean(),
  number: fc.nat(0xffff),
  frames: fc.uint8Array({ minLength: 20, maxLength: 100 }),
});

describe('the protection of Initial packets', () => {
  it('comes off whatever connections the packets before were of', () => {
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1, maxLength: 40 }), (packets) => {
        for (const { connection, isServer, number, frames } of [...packets, ...packets]) {
          const id = Buffer.from(hkdfSync('sha256', String(connection), '', '', connection % 21));
          const under = Buffer.from(frames);
          under[0] = 6;
          expect(open(initial(id, isServer, number, under), id, isServer)).toBe(under.toString('hex'));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('does not come off where reserved bits are set', () => {
    const id = Buffer.from('0102030405060708', 'hex');
    expect(open(initial(id, false, 1, Buffer.alloc(40, 6), 0x04), id, false)).toBe('none');
  });
});
