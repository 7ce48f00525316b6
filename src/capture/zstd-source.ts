import { errorText } from './capture-error.js';
import type { OctetSource } from './octet-source.js';
import { ZSTD_INPUT_OCTETS, ZstdDecoder, zstdModule } from './zstd-decoder.js';

export async function openZstd(inner: OctetSource): Promise<ZstdSource> {
  return new ZstdSource(inner, await zstdModule());
}

/** The content of a zstd file (RFC 8878): one frame or several, skippable ones left out. Windows of up to 128 MiB. */
export class ZstdSource implements OctetSource {
  fault: string | null = null;
  readonly #decoder: ZstdDecoder;
  #taken = 0;
  #ended = false;

  /** `module` comes from `zstdModule()`. */
  constructor(
    private readonly inner: OctetSource,
    module: unknown,
  ) {
    this.#decoder = new ZstdDecoder(module);
    this.#taken = this.#decoder.outputEnd;
    if (this.#decoder.fault !== null) this.#end(this.#decoder.fault);
  }

  read(target: Uint8Array, start: number, end: number): number | Promise<number> {
    const decoder = this.#decoder;
    for (;;) {
      const count = Math.min(end - start, decoder.outputEnd - this.#taken);
      if (count > 0 || this.#ended || start === end) {
        target.set(decoder.memory.subarray(this.#taken, this.#taken + count), start);
        this.#taken += count;
        return count;
      }
      if (decoder.hungry) {
        const got = this.inner.read(decoder.memory, decoder.inputStart, decoder.inputStart + ZSTD_INPUT_OCTETS);
        if (typeof got !== 'number') return got.then((fed) => (this.#feed(fed), this.read(target, start, end)));
        this.#feed(got);
      } else {
        this.#step();
      }
    }
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
    this.inner.close();
  }

  #feed(count: number): void {
    if (count > 0) this.#decoder.feed(count);
    else if (this.inner.fault !== null) this.#end(this.inner.fault);
    else this.#end(this.#decoder.frameOpen ? 'zstd stream cut: it ends within a frame' : null);
  }

  #step(): void {
    try {
      this.#decoder.step();
    } catch (error) {
      this.#end(`zstd decoder stopped: ${errorText(error)}`); // a trap in the WebAssembly code
      return;
    }
    this.#taken = this.#decoder.outputStart;
    if (this.#decoder.fault !== null) this.#end(this.#decoder.fault);
  }

  #end(fault: string | null): void {
    this.#ended = true;
    this.fault = fault;
  }
}
