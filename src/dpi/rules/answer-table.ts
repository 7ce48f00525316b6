const enum Entry {
  /** Four words of address, `V4` in the second for IPv4. */
  Address = 0,
  /** Second since 1970 until which it holds. */
  Until = 4,
  /** Number of the suffix plus one. */
  Suffix = 5,
  /** Of all words before, so that what another thread is writing is not believed. */
  Check = 6,
  Words = 7,
  Count = 16_384,
  Probes = 4,
  /** No IPv6 address of a server begins with four octets and this. */
  V4 = 0x7fff_ffff,
}

const enum Life {
  /** What is asked for is used at once, and kept by programs for longer than it may be. Seconds. */
  Least = 60,
  Longest = 86_400,
}

/** Octets of a table. */
export const ANSWER_OCTETS: number = Entry.Words * Entry.Count * 4 + 4;
/** The word behind the entries: whether there has ever been one. */
const USED = Entry.Words * Entry.Count;

/**
 * Which address a name stands for, as answers of DNS said: for each address the suffix that the name had among the rules, for
 * as long as the answer says. A table of fixed size; a new entry takes the place of the oldest of four. Workers of a sensor
 * share one, since the kernel gives an answer to one of them; each of its words is written at once, and an entry whose words do
 * not belong together is none.
 */
export class AnswerTable {
  /** Entries that had to go before their time. */
  displaced = 0;
  private readonly words: Int32Array;

  /** @param memory `ANSWER_OCTETS` octets, zero at first */
  constructor(memory: ArrayBufferLike = new ArrayBuffer(ANSWER_OCTETS)) {
    this.words = new Int32Array(memory);
  }

  /**
   * @param octets where the address stands, 4 or 16 octets from `from` on
   * @param generation of the rules that `suffix` counts among
   */
  put(
    octets: Uint8Array,
    from: number,
    length: number,
    suffix: number,
    generation: number,
    nowUs: number,
    ttlSeconds: number,
  ): void {
    const { words } = this;
    const a = u32(octets, from);
    const b = length === 16 ? u32(octets, from + 4) : Entry.V4;
    const c = length === 16 ? u32(octets, from + 8) : 0;
    const d = length === 16 ? u32(octets, from + 12) : 0;
    const now = Math.floor(nowUs / 1_000_000);
    const first = hashOf(a, b, c, d);
    let place = -1;
    for (let n = 0; n < Entry.Probes; n++) {
      const e = ((first + n) & (Entry.Count - 1)) * Entry.Words;
      if (words[e] === a && words[e + 1] === b && words[e + 2] === c && words[e + 3] === d) {
        place = e;
        break;
      }
      if (place < 0 || words[e + Entry.Until] >>> 0 < words[place + Entry.Until] >>> 0) place = e;
    }
    const isOther = words[place] !== a || words[place + 1] !== b || words[place + 2] !== c || words[place + 3] !== d;
    if (isOther && words[place + Entry.Until] >>> 0 > now) this.displaced++;
    const until = now + Math.max(Life.Least, Math.min(Life.Longest, ttlSeconds));
    words[place] = a;
    words[place + 1] = b;
    words[place + 2] = c;
    words[place + 3] = d;
    words[place + Entry.Until] = until;
    words[place + Entry.Suffix] = suffix + 1;
    words[place + Entry.Check] = checkOf(first, until | 0, suffix + 1, generation);
    words[USED] = 1;
  }

  /** The suffix of the name that stands for the address at word `at` of a key, -1 when none is known. */
  at(key: Int32Array, at: number, isV6: boolean, generation: number, nowUs: number): number {
    const { words } = this;
    if (words[USED] === 0) return -1;
    const a = key[at];
    const b = isV6 ? key[at + 1] : Entry.V4;
    const c = isV6 ? key[at + 2] : 0;
    const d = isV6 ? key[at + 3] : 0;
    const first = hashOf(a, b, c, d);
    for (let n = 0; n < Entry.Probes; n++) {
      const e = ((first + n) & (Entry.Count - 1)) * Entry.Words;
      if (words[e] !== a || words[e + 1] !== b || words[e + 2] !== c || words[e + 3] !== d) continue;
      const until = words[e + Entry.Until];
      const suffix = words[e + Entry.Suffix];
      if (suffix === 0 || words[e + Entry.Check] !== checkOf(first, until, suffix, generation)) return -1;
      return until >>> 0 < nowUs / 1_000_000 ? -1 : suffix - 1;
    }
    return -1;
  }

  /** The clock of the packets was set: nothing that is known of times holds. */
  clear(): void {
    this.words.fill(0);
  }
}

function u32(octets: Uint8Array, p: number): number {
  return (octets[p] << 24) | (octets[p + 1] << 16) | (octets[p + 2] << 8) | octets[p + 3];
}

function hashOf(a: number, b: number, c: number, d: number): number {
  return mix(mix(mix(mix(a) ^ b) ^ c) ^ d);
}

function checkOf(first: number, until: number, suffix: number, generation: number): number {
  return mix(mix(mix(first ^ until) ^ suffix) ^ (generation + 1));
}

/** Finalizer of MurmurHash3: every bit counts. */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
