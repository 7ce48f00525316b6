import { reservedMemory } from './reserved-memory.js';

/**
 * A column of rows that few flows have, by flow index: no memory until the first row is written, and then only for the
 * pages that rows fall on.
 */
export class SparseStore {
  private rows: Int32Array | null = null;

  /**
   * @param rowWords 32-bit words of a row
   * @param capacity one more than the highest flow index
   */
  constructor(
    private readonly rowWords: number,
    private readonly capacity: number,
  ) {}

  /** Copies row `fromRow` of `from` to flow `flow`. */
  write(flow: number, from: Int32Array, fromRow: number): void {
    const n = this.rowWords;
    this.rows ??= new Int32Array(reservedMemory(this.capacity * n * 4));
    for (let w = 0; w < n; w++) this.rows[flow * n + w] = from[fromRow * n + w];
  }

  /** Copies the row of flow `flow`, which has one, to `into[at…]`. */
  read(flow: number, into: Int32Array, at: number): void {
    const { rows, rowWords: n } = this;
    if (rows === null) return;
    for (let w = 0; w < n; w++) into[at + w] = rows[flow * n + w];
  }

  /** Whether the first `words` words of the flow's row equal those of row `otherRow` of `other`. */
  sameStart(flow: number, other: Int32Array, otherRow: number, words: number): boolean {
    const { rows, rowWords: n } = this;
    if (rows === null) return false;
    for (let w = 0; w < words; w++) if (rows[flow * n + w] !== other[otherRow * n + w]) return false;
    return true;
  }
}
