/** Beyond these the last pieces count as one. */
const MOST_PIECES = 256;

/**
 * Which records have reached the target: a sink tells octets, this tells the records that ended with them. Holds a pair
 * of numbers for each piece that was handed over and has not arrived.
 */
export class SafeRecords {
  /** Records that have arrived in whole. */
  records = 0;
  readonly #octets: number[] = [];
  readonly #records: number[] = [];

  /** Notes that, with `octets` handed over in all, `records` records are complete. */
  note(octets: number, records: number): void {
    const place = Math.min(this.#octets.length, MOST_PIECES - 1);
    this.#octets[place] = octets;
    this.#records[place] = records;
  }

  /** The first `octets` octets have arrived. */
  reach(octets: number): void {
    let arrived = 0;
    while (arrived < this.#octets.length && this.#octets[arrived] <= octets) arrived++;
    if (arrived === 0) return;
    this.records = this.#records[arrived - 1];
    this.#octets.splice(0, arrived);
    this.#records.splice(0, arrived);
  }
}
