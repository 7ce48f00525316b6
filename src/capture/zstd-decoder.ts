import { ZSTDDecoder } from 'zstddec/stream';

/**
 * libzstd compiled to WebAssembly, driven directly: one instance, hence one memory, per stream. See docs/decisions/zstd.md
 * for why not node:zlib, and why not the package's own generator.
 */

/** What the module exports that is used here. Pointers and sizes are 32-bit; a size may be an error code. */
interface ZstdExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(octets: number): number;
  ZSTD_createDCtx(): number;
  ZSTD_decompressStream(context: number, outBuffer: number, inBuffer: number): number;
}

interface WasmInstance {
  readonly exports: unknown;
}

/** The compiled module, and the constructor that makes an instance of it. The ES library types know no WebAssembly. */
interface WasmGlobal {
  readonly Instance: new (module: unknown, imports: object) => WasmInstance;
}

const { WebAssembly } = globalThis as unknown as { WebAssembly: WasmGlobal };

export const ZSTD_INPUT_OCTETS = 65_536;
/** The largest block (RFC 8878 §3.1.1.2.4): one call never makes more. */
const OUTPUT_OCTETS = 131_072;
/** Codes are sizes from -120 up, as unsigned 32-bit. */
const FIRST_ERROR = 0xffff_ff88;

const BLOCK_HEADER_OCTETS = 3;
/** Magic number and frame header descriptor: what the decoder wants at the start of a frame. */
const FRAME_START_OCTETS = 5;

/** Words of ZSTD_inBuffer and ZSTD_outBuffer: address, size, position. */
const BUFFER_WORDS = 3;

const ERROR_TEXTS: Readonly<Record<number, string>> = {
  10: 'no zstd frame begins here',
  14: 'unsupported frame parameter',
  16: 'the window is larger than 128 MiB',
  20: 'corrupted block',
  22: 'wrong checksum',
  24: 'corrupted literals',
  30: 'corrupted dictionary',
  32: 'made with a dictionary that is not at hand',
  64: 'out of memory',
};

let compiled: Promise<unknown> | null = null;

/** Compiles the decoder once; `new ZstdDecoder` wants the result. */
export function zstdModule(): Promise<unknown> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<unknown> {
  let module: unknown = null;
  class ModuleOf extends ZSTDDecoder {
    override _init(result: unknown): void {
      module = (result as { module: unknown }).module;
    }
  }
  await new ModuleOf().init();
  if (module === null) throw new Error('the zstd decoder did not load');
  return module;
}

/** Decodes zstd frames, concatenated or skippable ones too, block by block. */
export class ZstdDecoder {
  /** What the last `step` made lies in `memory` from here … */
  readonly outputStart: number;
  /** … to here. */
  outputEnd: number;
  /** Where the caller puts compressed octets: `ZSTD_INPUT_OCTETS` of `memory`. */
  readonly inputStart: number;
  /** Set when the stream turned out to be damaged. */
  fault: string | null = null;
  /** A frame has begun and not ended. */
  frameOpen = false;

  readonly #exports: ZstdExports;
  readonly #context: number;
  readonly #buffers: number;
  #octets = new Uint8Array(0);
  #next = 0;
  #end = 0;
  #wanted = FRAME_START_OCTETS;

  constructor(module: unknown) {
    const imports = { env: { emscripten_notify_memory_growth: () => undefined } };
    this.#exports = new WebAssembly.Instance(module, imports).exports as ZstdExports;
    this.inputStart = this.#exports.malloc(ZSTD_INPUT_OCTETS);
    this.outputStart = this.#exports.malloc(OUTPUT_OCTETS);
    this.#buffers = this.#exports.malloc(2 * BUFFER_WORDS * 4);
    this.#context = this.#exports.ZSTD_createDCtx();
    this.outputEnd = this.outputStart;
    if (!this.inputStart || !this.outputStart || !this.#buffers || !this.#context) this.fault = 'zstd: out of memory';
  }

  /** The memory of the instance; another array after it has grown, so not to be kept over a `step`. */
  get memory(): Uint8Array {
    const { buffer } = this.#exports.memory;
    if (this.#octets.buffer !== buffer) this.#octets = new Uint8Array(buffer);
    return this.#octets;
  }

  /** True when all the input given has been decoded. */
  get hungry(): boolean {
    return this.#next === this.#end;
  }

  /** `count` octets now stand at `inputStart`. */
  feed(count: number): void {
    this.#next = this.inputStart;
    this.#end = this.inputStart + count;
  }

  /**
   * Decodes at most one block. The decoder loses what a failing call made, so a block's content and the header that follows
   * it are given in two calls, and everything before the damage has been handed out when the damage is met.
   */
  step(): void {
    const wanted = this.#wanted > BLOCK_HEADER_OCTETS ? this.#wanted - BLOCK_HEADER_OCTETS : this.#wanted;
    const given = Math.min(Math.max(wanted, 1), this.#end - this.#next);
    const outBuffer = this.#buffers >>> 2;
    const inBuffer = outBuffer + BUFFER_WORDS;
    const words = new Uint32Array(this.memory.buffer);
    words[outBuffer] = this.outputStart;
    words[outBuffer + 1] = OUTPUT_OCTETS;
    words[outBuffer + 2] = 0;
    words[inBuffer] = this.#next;
    words[inBuffer + 1] = given;
    words[inBuffer + 2] = 0;
    const result =
      this.#exports.ZSTD_decompressStream(this.#context, this.#buffers, this.#buffers + BUFFER_WORDS * 4) >>> 0;
    const after = new Uint32Array(this.memory.buffer);
    if (result >= FIRST_ERROR) {
      const code = 0x1_0000_0000 - result;
      this.fault = `zstd stream damaged: ${ERROR_TEXTS[code] ?? `error ${code}`}`;
      this.outputEnd = this.outputStart;
      return;
    }
    this.outputEnd = this.outputStart + after[outBuffer + 2];
    this.#next += after[inBuffer + 2];
    this.frameOpen = result !== 0;
    this.#wanted = result === 0 ? FRAME_START_OCTETS : result;
  }
}
