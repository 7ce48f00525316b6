import { W } from '../flow/flow-record.js';

const enum Entry {
  /** Two hashes of addresses and port, then what is expected. */
  First = 0,
  Second = 1,
  /** Numbers plus one of the protocol that is expected and of the one that announced it. */
  Protocol = 2,
  Parent = 3,
  Words = 4,
  Count = 1_024,
  Probes = 4,
}

/** Announced flows are waited for so long. */
const LIFE_US = 120_000_000;

/**
 * Flows that another flow announced: the data connection of FTP, the media of SIP or RTSP. Only those between the two
 * addresses of the flow that announces them: they have one worker, so that labels do not depend on the number of workers. A
 * table of fixed size; a new entry takes the place of the oldest of four.
 */
export class Expectations {
  /** Entries made, and entries that had to go before their time. */
  made = 0;
  displaced = 0;
  private readonly words = new Int32Array(Entry.Count * Entry.Words);
  private readonly untilUs = new Float64Array(Entry.Count);

  get isEmpty(): boolean {
    return this.made === 0;
  }

  /** @param pair hash of both addresses, the same for either direction */
  add(pair: number, port: number, transport: number, protocol: number, parent: number, nowUs: number): void {
    const first = mix(pair ^ Math.imul(port + 1, 0x9e3779b1) ^ transport);
    let place = -1;
    for (let n = 0; n < Entry.Probes; n++) {
      const e = (first + n) & (Entry.Count - 1);
      if (place < 0 || this.untilUs[e] < this.untilUs[place]) place = e;
      if (this.words[e * Entry.Words] === first && this.words[e * Entry.Words + Entry.Second] === pair) {
        place = e;
        break;
      }
    }
    if (this.untilUs[place] > nowUs) this.displaced++;
    const w = place * Entry.Words;
    this.words[w] = first;
    this.words[w + Entry.Second] = pair;
    this.words[w + Entry.Protocol] = protocol + 1;
    this.words[w + Entry.Parent] = parent + 1;
    this.untilUs[place] = nowUs + LIFE_US;
    this.made++;
  }

  /** The clock of the packets was set. */
  retime(deltaUs: number): void {
    for (let e = 0; e < Entry.Count; e++) this.untilUs[e] += deltaUs;
  }

  /** What is expected at that port: protocol plus one in the lower 16 bits, parent plus one above; 0 for nothing. */
  at(pair: number, port: number, transport: number, nowUs: number): number {
    const first = mix(pair ^ Math.imul(port + 1, 0x9e3779b1) ^ transport);
    for (let n = 0; n < Entry.Probes; n++) {
      const e = (first + n) & (Entry.Count - 1);
      const w = e * Entry.Words;
      if (this.words[w] !== first || this.words[w + Entry.Second] !== pair || this.untilUs[e] < nowUs) continue;
      return this.words[w + Entry.Protocol] | (this.words[w + Entry.Parent] << 16);
    }
    return 0;
  }
}

/** Finalizer of MurmurHash3: every bit counts. */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Hash of both addresses of the key at word `at`, the same for either direction. */
export function pairHash(key: Int32Array, at: number): number {
  let a = mix(key[at] + 1);
  let b = mix(key[at + 4] + 1);
  if (((key[at | W.Protocol] >>> 8) & 0xff) === 6) {
    for (let n = 1; n < 4; n++) {
      a = mix(a ^ key[at + n]);
      b = mix(b ^ key[at + 4 + n]);
    }
  }
  return mix((a + b) | 0);
}
