import type { InterfaceTable } from '../interface-table.js';

/** Rows of the run's interface table for packets that come from several interfaces (`any`), by interface index. */
export class InterfaceRows {
  readonly #rows = new Map<number, number>();
  #lastIndex = -1;
  #lastRow = 0;

  /** @param nameOf the name of the interface with an index, or null when there is none any more */
  constructor(
    private readonly table: InterfaceTable,
    private readonly input: string,
    private readonly linkType: number,
    private readonly nameOf: (index: number) => string | null,
  ) {}

  rowOf(index: number): number {
    if (index === this.#lastIndex) return this.#lastRow;
    let row = this.#rows.get(index);
    if (row === undefined) {
      const name = this.nameOf(index) ?? `${this.input}#${index}`;
      row = this.table.add({ name, linkType: this.linkType, input: this.input, id: index });
      this.#rows.set(index, row);
    }
    this.#lastIndex = index;
    return (this.#lastRow = row);
  }
}
