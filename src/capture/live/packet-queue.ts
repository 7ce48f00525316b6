import { PacketBatch } from '../packet-batch.js';

/** Octets of the queue that a packet is reckoned to take on average: what it can hold is bounded by both. */
const OCTETS_PER_ROW = 128;

/**
 * Packets that came one by one, from libraries that call back for each, until somebody asks for a batch of them. Holds as
 * many octets as the kernel's buffer, since those libraries empty that in one go; what does not fit is counted as lost.
 */
export class PacketQueue {
  lost = 0;
  readonly #octets: Uint8Array;
  readonly #queued: PacketBatch;
  #position = 0;
  #taken = 0;
  #wake: (() => void) | null = null;

  constructor(
    octets: number,
    private readonly snapLength: number,
  ) {
    this.#octets = new Uint8Array(octets + snapLength);
    this.#queued = new PacketBatch(Math.max(1, Math.ceil(octets / OCTETS_PER_ROW)));
  }

  /** Copies `captured` octets, at most the snap length, from the start of `packet`. */
  add(packet: Uint8Array, captured: number, wire: number, timeUs: number): void {
    const queued = this.#queued;
    const length = Math.min(captured, this.snapLength);
    const row = queued.count;
    if (row === queued.capacity || this.#position + length > this.#octets.length) {
      this.lost++;
      return;
    }
    this.#octets.set(packet.subarray(0, length), this.#position);
    queued.offset[row] = this.#position;
    queued.captured[row] = length;
    queued.wire[row] = wire;
    queued.timeUs[row] = timeUs;
    queued.count++;
    this.#position += length;
    this.#wake?.();
  }

  /** Gives the packets that came first; what the batch points into stays until the next call. */
  take(batch: PacketBatch, linkType: number, row: number): number {
    const queued = this.#queued;
    if (this.#taken === queued.count) {
      this.#taken = 0;
      queued.count = 0;
      this.#position = 0;
      return 0;
    }
    const from = this.#taken;
    const to = Math.min(queued.count, from + batch.capacity);
    const count = to - from;
    batch.attach(this.#octets);
    batch.offset.set(queued.offset.subarray(from, to));
    batch.captured.set(queued.captured.subarray(from, to));
    batch.wire.set(queued.wire.subarray(from, to));
    batch.timeUs.set(queued.timeUs.subarray(from, to));
    batch.timeNs.fill(0, 0, count);
    batch.link.fill(linkType, 0, count);
    batch.interface.fill(row, 0, count);
    batch.count = count;
    batch.latestUs = 0;
    for (let i = 0; i < count; i++) if (batch.timeUs[i] > batch.latestUs) batch.latestUs = batch.timeUs[i];
    this.#taken = to;
    return count;
  }

  /** Resolves when a packet has come, or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), timeoutMs);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        // The library calls back for all packets that there are before anybody takes them.
        setImmediate(resolve);
      };
    });
  }
}
