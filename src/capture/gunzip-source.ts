import zlib from 'node:zlib';

import { errorText } from './capture-error.js';
import type { OctetSource } from './octet-source.js';

const INPUT_OCTETS = 65_536;
const OUTPUT_OCTETS = 131_072;

/**
 * The content of a gzip file (RFC 1952), one member or several.
 *
 * node:zlib throws away what it decoded in the call that met the damage. So that nothing before the damage is lost, a
 * damaged stream is decoded a second time when its source can be rewound: as before up to the write that failed, then octet
 * by octet. When it cannot (a pipe), up to `OUTPUT_OCTETS` before the damage are missing, and the fault says so.
 */
export class GunzipSource implements OctetSource {
  fault: string | null = null;
  readonly #input = new Uint8Array(INPUT_OCTETS);
  #gunzip: zlib.Gunzip;
  #chunk: Uint8Array | null = null;
  #taken = 0;
  /** Octets handed out, and octets still to be dropped because they were handed out before a rewind. */
  #delivered = 0;
  #drop = 0;
  /** Compressed octets given to zlib, and how many of them before the write that is under way. */
  #fed = 0;
  #fedBefore = 0;
  /** From this compressed octet on single octets are fed; null in the first pass. */
  #careful: number | null = null;
  #busy = false;
  #inputEnded = false;
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(private readonly inner: OctetSource) {
    this.#gunzip = this.#start();
  }

  read(target: Uint8Array, start: number, end: number): number | Promise<number> {
    const count = this.#take(target, start, end);
    // The next stretch is decoded in the thread pool while the caller works on this one.
    this.#pump();
    return count > 0 || this.#ended || start === end ? count : this.#wait(target, start, end);
  }

  rewind(): boolean {
    return false;
  }

  get octetsRead(): number {
    return this.inner.octetsRead;
  }

  get octetsTotal(): number | null {
    return this.inner.octetsTotal;
  }

  close(): void {
    this.#ended = true;
    this.#gunzip.destroy();
    this.inner.close();
  }

  async #wait(target: Uint8Array, start: number, end: number): Promise<number> {
    for (;;) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      const count = this.#take(target, start, end);
      this.#pump();
      if (count > 0 || this.#ended) return count;
    }
  }

  #start(): zlib.Gunzip {
    const gunzip = zlib.createGunzip({ chunkSize: OUTPUT_OCTETS });
    gunzip.on('readable', () => this.#signal());
    gunzip.on('end', () => this.#end(null));
    gunzip.on('error', (error) => this.#failed(errorText(error)));
    return gunzip;
  }

  #take(target: Uint8Array, start: number, end: number): number {
    while (this.#chunk === null) {
      const chunk = this.#gunzip.read() as Uint8Array | null;
      if (chunk === null) return 0;
      const dropped = Math.min(this.#drop, chunk.length);
      this.#drop -= dropped;
      if (dropped === chunk.length) continue;
      this.#chunk = chunk;
      this.#taken = dropped;
    }
    const count = Math.min(end - start, this.#chunk.length - this.#taken);
    target.set(this.#chunk.subarray(this.#taken, this.#taken + count), start);
    this.#taken += count;
    this.#delivered += count;
    if (this.#taken === this.#chunk.length) this.#chunk = null;
    return count;
  }

  /** Feeds zlib. Only when all it made has been taken, because an error makes it forget what has not. */
  #pump(): void {
    if (this.#busy || this.#ended || this.#chunk !== null || this.#gunzip.readableLength > 0) return;
    if (this.#inputEnded) {
      this.#busy = true;
      this.#gunzip.end();
      return;
    }
    this.#busy = true;
    const got = this.inner.read(this.#input, 0, this.#step());
    if (typeof got === 'number') this.#feed(got);
    else void got.then((count) => this.#feed(count));
  }

  #step(): number {
    if (this.#careful === null) return INPUT_OCTETS;
    return Math.max(1, Math.min(INPUT_OCTETS, this.#careful - this.#fed));
  }

  #feed(count: number): void {
    if (this.#ended) return;
    if (count === 0) {
      this.#inputEnded = true;
      this.#busy = false;
      this.#pump();
      return;
    }
    this.#fedBefore = this.#fed;
    this.#fed += count;
    const gunzip = this.#gunzip;
    gunzip.write(this.#input.subarray(0, count), (error) => {
      if (error != null || gunzip !== this.#gunzip) return; // reported by the 'error' event
      this.#busy = false;
      this.#pump();
    });
  }

  #failed(message: string): void {
    if (this.#ended) return;
    if (this.inner.fault !== null) return this.#end(this.inner.fault);
    if (this.#inputEnded)
      return this.#end(`gzip stream cut: ${message} after octet ${this.#fed} of the compressed file`);
    const where = `in octets ${this.#fedBefore} to ${this.#fed} of the compressed file`;
    if (this.#careful !== null) return this.#end(`gzip stream damaged: ${message} ${where}`);
    if (!this.inner.rewind()) {
      return this.#end(
        `gzip stream damaged: ${message} ${where}; up to ${OUTPUT_OCTETS} octets before the damage are missing`,
      );
    }
    this.#careful = this.#fedBefore;
    this.#drop = this.#delivered;
    this.#fed = 0;
    this.#busy = false;
    this.#gunzip = this.#start();
    this.#pump();
  }

  #end(fault: string | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.fault = fault ?? this.inner.fault;
    this.#signal();
  }

  #signal(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
