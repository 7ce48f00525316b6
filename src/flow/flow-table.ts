import { Size } from '../decode/decoded-batch.js';
import { W } from './flow-record.js';

/**
 * Hash table from flow key to flow index: open addressing with linear probing and backward-shift deletion. A slot is the
 * hash and the index (0: empty) side by side, so that most probes that fail read nothing else. Doubles when
 * five eighths full, so that most flows stand at home; never shrinks.
 */
const INITIAL_SLOTS = 1 << 12;

export class FlowTable {
  /** Two words a slot: hash, flow index. */
  slots = new Int32Array(2 * INITIAL_SLOTS);
  mask = INITIAL_SLOTS - 1;
  size = 0;

  /** Makes room for `more` flows, so that inserting them needs no growth. */
  reserve(more: number): void {
    let slots = this.mask + 1;
    while ((this.size + more) * 8 > slots * 5) slots *= 2;
    if (slots !== this.mask + 1) this.rehash(slots);
  }

  insert(hash: number, flow: number): void {
    const { slots, mask } = this;
    let s = hash & mask;
    while (slots[2 * s + 1] !== 0) s = (s + 1) & mask;
    slots[2 * s] = hash;
    slots[2 * s + 1] = flow;
    this.size++;
  }

  /** Takes `flow`, which must be in the table, out; closes the gap by moving back those that follow. */
  remove(hash: number, flow: number): void {
    const { slots, mask } = this;
    let gap = hash & mask;
    while (slots[2 * gap + 1] !== flow) gap = (gap + 1) & mask;
    for (let s = (gap + 1) & mask; slots[2 * s + 1] !== 0; s = (s + 1) & mask) {
      const home = slots[2 * s] & mask;
      // The entry may move into the gap unless its home lies between the gap and itself.
      if (((s - home) & mask) >= ((s - gap) & mask)) {
        slots[2 * gap] = slots[2 * s];
        slots[2 * gap + 1] = slots[2 * s + 1];
        gap = s;
      }
    }
    slots[2 * gap + 1] = 0;
    this.size--;
  }

  clear(): void {
    this.slots.fill(0);
    this.size = 0;
  }

  private rehash(count: number): void {
    const old = this.slots;
    this.slots = new Int32Array(2 * count);
    this.mask = count - 1;
    this.size = 0;
    for (let s = 0; s < old.length; s += 2) if (old[s + 1] !== 0) this.insert(old[s], old[s + 1]);
  }
}

/** What `match` answers. The directions are bits of their own, so that the hot loop need not branch. */
export const enum Match {
  Forward = 0,
  Reverse = 1,
  NoMatch = 2,
}

/**
 * Compares the key at `key[k…]` with the record at word `r`, as it is and with its ends exchanged.
 * The direction of the next packet is anybody's guess, so it is computed, not branched upon.
 * @param exchanged the key's port word as the reverse direction has it
 * @returns Match.Forward, Match.Reverse or Match.NoMatch
 */
export function match(words: Int32Array, r: number, key: Int32Array, k: number, exchanged: number): number {
  const source = key[k];
  const destination = key[k | 4];
  const protocol = key[k | W.Protocol];
  const recordSource = words[r];
  const recordDestination = words[r | 4];
  const recordPorts = words[r | W.Ports];
  const both =
    (words[r | W.Protocol] ^ protocol) |
    (words[r | W.Vlan] ^ key[k | W.Vlan]) |
    (words[r | W.Scope] ^ key[k | W.Scope]);
  let forward = (recordSource ^ source) | (recordDestination ^ destination) | (recordPorts ^ key[k | W.Ports]);
  let reverse = (recordSource ^ destination) | (recordDestination ^ source) | (recordPorts ^ exchanged);
  // IPv6 (the version stands in the protocol word): the other three words of each address.
  if (protocol & 0x200) {
    forward |= differ6(words, r, key, k);
    reverse |= differ6(words, r, key, k ^ 4);
  }
  // 1 where the words differ.
  const forwardDiffers = (forward | -forward) >>> 31;
  const reverseDiffers = (reverse | -reverse) >>> 31;
  const noMatch = ((both | -both) >>> 31) | (forwardDiffers & reverseDiffers);
  return (noMatch << 1) | (forwardDiffers & ~noMatch);
}

/** Where the further three words of the addresses at word `r` and at `key[k…]` differ; `k ^ 4` exchanges the ends of the key. */
function differ6(words: Int32Array, r: number, key: Int32Array, k: number): number {
  return (
    (words[r | 1] ^ key[k | 1]) |
    (words[r | 2] ^ key[k | 2]) |
    (words[r | 3] ^ key[k | 3]) |
    (words[r | 5] ^ key[(k ^ 4) | 1]) |
    (words[r | 6] ^ key[(k ^ 4) | 2]) |
    (words[r | 7] ^ key[(k ^ 4) | 3])
  );
}

/** Copies a key into a record, with zeros where IPv4 leaves words unused. */
export function copyKey(words: Int32Array, r: number, key: Int32Array, k: number, hash: number): void {
  if (key[k | W.Protocol] & 0x200) {
    for (let i = 0; i < Size.KeyWords; i++) words[r + i] = key[k + i];
  } else {
    for (let i = 0; i < 8; i++) words[r + i] = 0;
    words[r] = key[k];
    words[r + 4] = key[k | 4];
    for (let i = 8; i < Size.KeyWords; i++) words[r + i] = key[k + i];
  }
  words[r | W.Hash] = hash;
}
