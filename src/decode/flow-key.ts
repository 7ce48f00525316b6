import { randomFillSync } from 'node:crypto';

/**
 * The keyed hash over flow keys: equal for both directions of a flow, and unpredictable without the seed, so that nobody
 * can choose packets whose keys collide. Each end (address and port) goes through rounds of secret multiplication and
 * shifting; the two results are added, which makes the order of the ends not matter.
 *
 * Multiplication carries a difference only upwards, so one round leaves a difference in the highest bits nearly as it was.
 * Two rounds lie between all that a sender chooses: after one, the next word could undo what the word before did.
 */

/** Secret odd words. */
export type HashSeed = Int32Array;

const SEED_WORDS = 12;

/** A fresh random seed, or a repeatable one from `from` (tests, benchmarks). */
export function createHashSeed(from?: number): HashSeed {
  const seed = new Int32Array(SEED_WORDS);
  if (from === undefined) randomFillSync(seed);
  else for (let i = 0, x = from | 0; i < SEED_WORDS; i++) seed[i] = x = mix((x + 0x9e3779b9) | 0);
  for (let i = 0; i < SEED_WORDS; i++) seed[i] |= 1;
  return seed;
}

/** Spreads the entropy of a word over all its bits. */
export function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

/** First step of the hash of an IPv4 end: of the address alone. */
export function hashAddress4(seed: HashSeed, address: number): number {
  const h = Math.imul(address + seed[0], seed[1]);
  return h ^ (h >>> 15);
}

/** First step of the hash of an IPv6 end: of the address alone. */
export function hashAddress6(seed: HashSeed, a0: number, a1: number, a2: number, a3: number): number {
  let h = Math.imul(a0 + seed[0], seed[1]);
  h = Math.imul(h ^ (h >>> 15), seed[8]);
  h = Math.imul((h ^ (h >>> 15)) + a1, seed[4]);
  h = Math.imul(h ^ (h >>> 15), seed[9]);
  h = Math.imul((h ^ (h >>> 15)) + a2, seed[5]);
  h = Math.imul(h ^ (h >>> 15), seed[10]);
  h = Math.imul((h ^ (h >>> 15)) + a3, seed[6]);
  return h ^ (h >>> 15);
}

/** Hash of an end from that of its address. */
export function hashEnd(seed: HashSeed, address: number, port: number): number {
  let h = Math.imul(address + Math.imul(port, seed[2]), seed[3]);
  h = Math.imul(h ^ (h >>> 15), seed[11]);
  return h ^ (h >>> 14);
}

/** Parts of the packets that a worker gets, and how many fewer the first one gets, which merges and exports besides. */
const enum Parts {
  Shift = 3,
  Each = 1 << Parts.Shift,
  FewerOfFirst = 2,
}

/**
 * The worker, of `workers`, that meters packets between two addresses: the same for both directions and for all fragments.
 * @param addresses exclusive or of all words of both addresses
 */
export function workerOf(seed: HashSeed, addresses: number, workers: number): number {
  let h = Math.imul(addresses + seed[0], seed[1]);
  h = Math.imul(h ^ (h >>> 15), seed[3]);
  const part = ((h >>> 16) * (workers * Parts.Each - Parts.FewerOfFirst)) >>> 16;
  return (part + Parts.FewerOfFirst) >>> Parts.Shift;
}

/** Part of all address pairs that are those of `worker`. */
export function shareOfWorker(worker: number, workers: number): number {
  return (Parts.Each - (worker === 0 ? Parts.FewerOfFirst : 0)) / (workers * Parts.Each - Parts.FewerOfFirst);
}

/** Hash of the whole key from the sum of its ends' hashes and what both directions share. */
export function hashKey(seed: HashSeed, ends: number, protocol: number, vlan: number, scope: number): number {
  const h = ends + Math.imul(protocol, seed[7]) + Math.imul(vlan, seed[5]) + Math.imul(scope, seed[6]);
  const g = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  return g ^ (g >>> 15);
}
