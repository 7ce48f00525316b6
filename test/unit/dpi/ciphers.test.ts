import { createCipheriv, createHash, createHmac } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { encryptBlock, expandKey, KEY_WORDS } from '../../../src/dpi/aes128.js';
import { md5 } from '../../../src/dpi/md5.js';
import { HMAC_WORDS, hmacSha256, prepareHmac, sha256 } from '../../../src/dpi/sha256.js';

const message = fc.uint8Array({ maxLength: 300 });

describe('hashes', () => {
  it.each([
    ['md5', md5, 16],
    ['sha256', sha256, 32],
  ] as const)('%s equals that of node:crypto', (name, hash, size) => {
    fc.assert(
      fc.property(message, fc.nat(20), (octets, from) => {
        const into = new Uint8Array(size + 3);
        const start = Math.min(from, octets.length);
        hash(octets, start, octets.length, into, 3);
        expect(Buffer.from(into.subarray(3))).toEqual(createHash(name).update(octets.subarray(start)).digest());
      }),
    );
  });

  it('HMAC equals that of node:crypto', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 300 }), (key, octets) => {
        const into = new Uint8Array(32);
        const prepared = new Int32Array(HMAC_WORDS);
        prepareHmac(key, 0, key.length, prepared, 0);
        hmacSha256(prepared, 0, octets, 0, octets.length, into, 0);
        expect(Buffer.from(into)).toEqual(createHmac('sha256', key).update(octets).digest());
      }),
    );
  });
});

describe('AES-128', () => {
  it('encrypts a block as node:crypto does', () => {
    const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(sixteen, sixteen, (key, plain) => {
        const keys = new Int32Array(KEY_WORDS);
        expandKey(key, 0, keys, 0);
        const view = Buffer.from(plain);
        const block = Int32Array.from({ length: 4 }, (_, n) => view.readInt32BE(4 * n));
        encryptBlock(keys, 0, block);
        const made = Buffer.alloc(16);
        block.forEach((word, n) => made.writeInt32BE(word, 4 * n));
        expect(made).toEqual(createCipheriv('aes-128-ecb', key, null).update(plain));
      }),
    );
  });
});
