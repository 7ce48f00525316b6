/** Beyond these the last pieces count as one. */
const MOST_PIECES = 256;

/**
 * Which records have reached the target: a sink tells octets, this tells the records that ended with them. Holds a pair
 * of numbers for each piece that was handed over and has not arrived.
 */
export class SafeRecords {
  /** Records that have arrived in whole. */
  records = 0;
  /** Octets up to which these end, and nothing that is not whole. */
  octets = 0;
  readonly #octetsNoted: number[] = [];
  readonly #recordsNoted: number[] = [];

  /** Notes that, with `octets` handed over in all, `records` records are complete. */
  note(octets: number, records: number): void {
    const place = Math.min(this.#octetsNoted.length, MOST_PIECES - 1);
    this.#octetsNoted[place] = octets;
    this.#recordsNoted[place] = records;
  }

  /** The first `octets` octets have arrived. */
  reach(octets: number): void {
    let arrived = 0;
    while (arrived < this.#octetsNoted.length && this.#octetsNoted[arrived] <= octets) arrived++;
    if (arrived === 0) return;
    this.records = this.#recordsNoted[arrived - 1];
    this.octets = this.#octetsNoted[arrived - 1];
    this.#octetsNoted.splice(0, arrived);
    this.#recordsNoted.splice(0, arrived);
  }
}
