import { type DecodedBatch, Fact, Size } from './decoded-batch.js';
import { hashAddress4, hashAddress6, hashEnd, hashKey, type HashSeed } from './flow-key.js';

/** Hashes the key of row `i`. ICMP has no ports: its type and code stand in the port word and mean the same in both directions. */
export function writeHash(batch: DecodedBatch, i: number, seed: HashSeed): void {
  const { key } = batch;
  const k = i << Size.KeyShift;
  const icmp = (batch.facts[i] & Fact.Icmp) !== 0;
  const ports = key[k | 8];
  const from = icmp ? 0 : ports >>> 16;
  const to = icmp ? 0 : ports & 0xffff;
  let source = 0;
  let destination = 0;
  if (key[k | 9] & 0x200) {
    source = hashAddress6(seed, key[k], key[k | 1], key[k | 2], key[k | 3]);
    destination = hashAddress6(seed, key[k | 4], key[k | 5], key[k | 6], key[k | 7]);
  } else {
    source = hashAddress4(seed, key[k]);
    destination = hashAddress4(seed, key[k | 4]);
  }
  const ends = hashEnd(seed, source, from) + hashEnd(seed, destination, to);
  batch.hash[i] = hashKey(seed, icmp ? (ends + ports) | 0 : ends, key[k | 9], key[k | 10], key[k | 11]);
}

/** Exclusive or of all words of both addresses of the key at `key[k…]`. */
export function foldAddresses(key: Int32Array, k: number): number {
  const fold = key[k] ^ key[k | 4];
  if ((key[k | 9] & 0x200) === 0) return fold;
  return fold ^ key[k | 1] ^ key[k | 2] ^ key[k | 3] ^ key[k | 5] ^ key[k | 6] ^ key[k | 7];
}
