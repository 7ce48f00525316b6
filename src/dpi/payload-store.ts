const enum Block {
  /** The smallest block, 2^7 octets, and the largest, which holds the metadata of one flow. */
  LeastShift = 7,
  LargestShift = 18,
  Classes = LargestShift - LeastShift + 1,
  Least = 1 << LeastShift,
  Largest = 1 << LargestShift,
  /** Blocks of a class that are put aside as they are, and the largest class that is. */
  Aside = 64,
  AsideClasses = 6,
}

/** Octets of a block at most. */
export const LARGEST_BLOCK: number = Block.Largest;

/**
 * The memory of deep packet inspection: one arena of a fixed size, given out in blocks of a power of two (a buddy
 * allocator: a block that comes back is joined with its other half). Some small blocks that come back are put aside as they are
 * until there is no other room, since the next flow wants the same. The system gives its pages when they are first used.
 */
export class PayloadStore {
  readonly octets: Uint8Array;
  /** The same memory in words. */
  readonly words: Int32Array;
  /** The same memory, for words at any offset. */
  readonly view: DataView;
  /** Octets given out, the most ever, and requests that found no room. */
  used = 0;
  peak = 0;
  refused = 0;
  /** First free block of each class, in units of the least block; -1 without one. Doubly linked through the blocks. */
  private readonly heads = new Int32Array(Block.Classes).fill(-1);
  /** Blocks of the smaller classes that are put aside, in units of the least block, and how many of each class. */
  private readonly aside = new Int32Array(Block.AsideClasses * Block.Aside);
  private readonly asideCounts = new Int32Array(Block.AsideClasses);
  /** For each least block: class + 1 when a free block begins there. */
  private readonly freeClass: Uint8Array;
  /** What of the arena has never been used begins here. */
  private fresh = 0;

  /** @param capacity octets, rounded down to whole largest blocks, one of them at least */
  constructor(capacity: number) {
    const size = Math.max(Block.Largest, Math.floor(capacity / Block.Largest) * Block.Largest);
    const memory = new ArrayBuffer(size);
    this.octets = new Uint8Array(memory);
    this.words = new Int32Array(memory);
    this.view = new DataView(memory);
    this.freeClass = new Uint8Array(size >>> Block.LeastShift);
  }

  /** Takes a block of at least `size` octets, a power of two; answers its offset, a multiple of 128, or -1. */
  take(size: number): number {
    const wanted = classOf(size);
    let at: number;
    if (wanted < Block.AsideClasses && this.asideCounts[wanted] > 0) {
      at = this.aside[wanted * Block.Aside + --this.asideCounts[wanted]] << Block.LeastShift;
    } else {
      at = this.split(wanted);
      if (at < 0) {
        this.joinAside();
        at = this.split(wanted);
      }
      if (at < 0) {
        this.refused++;
        return -1;
      }
    }
    this.used += Block.Least << wanted;
    if (this.used > this.peak) this.peak = this.used;
    return at;
  }

  /** Gives a block of that size back. */
  give(at: number, size: number): void {
    const grade = classOf(size);
    this.used -= Block.Least << grade;
    if (grade < Block.AsideClasses && this.asideCounts[grade] < Block.Aside) {
      this.aside[grade * Block.Aside + this.asideCounts[grade]++] = at >>> Block.LeastShift;
    } else this.join(at, grade);
  }

  /** Takes a block of a class out of the free ones, or out of a larger one; -1 without one. */
  private split(wanted: number): number {
    let found = wanted;
    while (found < Block.Classes && this.heads[found] < 0) found++;
    let at: number;
    if (found < Block.Classes) {
      at = this.heads[found] << Block.LeastShift;
      this.unlink(at, found);
    } else {
      if (wanted >= Block.Classes || this.fresh + Block.Largest > this.octets.length) return -1;
      at = this.fresh;
      this.fresh += Block.Largest;
      found = Block.Classes - 1;
    }
    while (found > wanted) {
      found--;
      this.link(at + (Block.Least << found), found);
    }
    return at;
  }

  /** Puts a block among the free ones, joined with its other half as far as that is free. */
  private join(at: number, grade: number): void {
    while (grade < Block.Classes - 1) {
      const buddy = at ^ (Block.Least << grade);
      if (this.freeClass[buddy >>> Block.LeastShift] !== grade + 1) break;
      this.unlink(buddy, grade);
      if (buddy < at) at = buddy;
      grade++;
    }
    this.link(at, grade);
  }

  /** Puts what was put aside among the free blocks. */
  private joinAside(): void {
    for (let grade = 0; grade < Block.AsideClasses; grade++) {
      for (let n = 0; n < this.asideCounts[grade]; n++) {
        this.join(this.aside[grade * Block.Aside + n] << Block.LeastShift, grade);
      }
      this.asideCounts[grade] = 0;
    }
  }

  private link(at: number, grade: number): void {
    const { words, heads } = this;
    const next = heads[grade];
    words[at >>> 2] = next;
    words[(at >>> 2) + 1] = -1;
    if (next >= 0) words[(next << (Block.LeastShift - 2)) + 1] = at >>> Block.LeastShift;
    heads[grade] = at >>> Block.LeastShift;
    this.freeClass[at >>> Block.LeastShift] = grade + 1;
  }

  private unlink(at: number, grade: number): void {
    const { words, heads } = this;
    const next = words[at >>> 2];
    const previous = words[(at >>> 2) + 1];
    if (previous < 0) heads[grade] = next;
    else words[previous << (Block.LeastShift - 2)] = next;
    if (next >= 0) words[(next << (Block.LeastShift - 2)) + 1] = previous;
    this.freeClass[at >>> Block.LeastShift] = 0;
  }
}

/** The class of the smallest block that holds `size` octets. */
function classOf(size: number): number {
  return size <= Block.Least ? 0 : 32 - Math.clz32(size - 1) - Block.LeastShift;
}
