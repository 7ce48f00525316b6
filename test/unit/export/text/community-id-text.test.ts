import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { writeCommunityId } from '../../../../src/export/text/community-id-text.js';
import { BLOCK_WORDS, sha1Block } from '../../../../src/export/text/sha1-block.js';
import { anyFlow } from '../arbitrary-flows.js';
import { closedRecords, type FlowDescription } from '../closed-records.js';
import { expectedText } from '../expected-records.js';

function idOf(flow: FlowDescription): string {
  const { words } = closedRecords([flow]);
  const octets = Buffer.alloc(64);
  return octets.toString('latin1', 5, writeCommunityId(octets, 5, words, 0));
}

it('is the id of ipfix/community-id.ts, for all protocols, and for equal ends', () => {
  fc.assert(
    fc.property(anyFlow, fc.boolean(), fc.boolean(), (any, hasEqualAddresses, hasEqualPorts) => {
      const flow: FlowDescription = {
        ...any,
        destination: hasEqualAddresses ? any.source : any.destination,
        destinationPort: hasEqualPorts ? any.sourcePort : any.destinationPort,
      };
      expect(idOf(flow)).toBe(expectedText(flow).communityId);
    }),
    { numRuns: 1000 },
  );
});

it('hashes one block as node:crypto does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 13 * 4 }), (any) => {
      const message = any.subarray(0, any.length & ~3);
      const padded = Buffer.alloc(4 * BLOCK_WORDS);
      padded.set(message);
      padded[message.length] = 0x80;
      padded.writeUInt32BE(8 * message.length, 4 * (BLOCK_WORDS - 1));
      const block = Int32Array.from({ length: BLOCK_WORDS }, (_, n) => padded.readInt32BE(4 * n));
      const digest = new Int32Array(5);
      sha1Block(block, digest);
      const octets = Buffer.alloc(20);
      digest.forEach((word, n) => octets.writeInt32BE(word, 4 * n));
      expect(octets.toString('hex')).toBe(createHash('sha1').update(message).digest('hex'));
    }),
  );
});
