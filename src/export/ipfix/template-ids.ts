const enum Range {
  /** Ids for content that asks for none: below YAF's own. */
  First = 256,
  Last = 0xafff,
  /** Parameters of the 32-bit FNV-1a hash. */
  HashStart = 0x811c9dc5,
  HashPrime = 0x01000193,
}

/**
 * Template ids tied to content: content has one id for good, and an id is never used for other content. The id is made from
 * the content, so a session that begins anew, also one of another process, gives the same ids to the same Templates, and a
 * collector that remembers the former ones is not misled.
 */
export class TemplateIds {
  readonly #idOf = new Map<string, number>();
  readonly #taken = new Set<number>();

  /**
   * @param content all that tells the Template apart
   * @param wanted an id to use while no other content has it
   */
  of(content: string, wanted: number | null = null): number {
    const known = this.#idOf.get(content);
    if (known !== undefined) return known;
    let id = wanted !== null && !this.#taken.has(wanted) ? wanted : hashedId(content);
    while (this.#taken.has(id)) id = id === Range.Last ? Range.First : id + 1;
    this.#taken.add(id);
    this.#idOf.set(content, id);
    return id;
  }
}

function hashedId(content: string): number {
  let hash: number = Range.HashStart;
  for (let n = 0; n < content.length; n++) hash = Math.imul(hash ^ content.charCodeAt(n), Range.HashPrime);
  // The upper bits are the better mixed ones.
  return Range.First + ((((hash >>> 16) ^ hash) >>> 0) % (Range.Last - Range.First + 1));
}
