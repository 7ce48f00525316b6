import type { Sink } from '../../src/export/file/sink.js';

/** A sink that keeps all octets. */
export class MemorySink implements Sink {
  readonly isFull = false;
  safeOctets = 0;
  readonly #pieces: Buffer[] = [];

  get octets(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  write(octets: Uint8Array, from: number, to: number): void {
    this.#pieces.push(Buffer.from(octets.subarray(from, to)));
    this.safeOctets += to - from;
  }

  flush(): void {
    return;
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  closeNow(): boolean {
    return true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
