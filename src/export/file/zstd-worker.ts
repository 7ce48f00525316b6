import { parentPort } from 'node:worker_threads';

import { Zstd } from '@hpcc-js/wasm-zstd';

const LEVEL = 3;

/** Octets to compress to one frame. */
export interface FrameJob {
  readonly number: number;
  readonly octets: Uint8Array<ArrayBuffer>;
}

/** The frame, or what went wrong. */
export interface FrameDone {
  readonly number: number;
  readonly frame: Uint8Array<ArrayBuffer> | null;
  readonly error: string | null;
}

const zstd = await Zstd.load();

parentPort?.on('message', ({ number, octets }: FrameJob) => {
  const done = compressed(number, octets);
  parentPort?.postMessage(done, done.frame === null ? [] : [done.frame.buffer]);
});

function compressed(number: number, octets: Uint8Array): FrameDone {
  try {
    // A copy of its own: what the compressor gives may lie in its memory.
    return { number, frame: new Uint8Array(zstd.compress(octets, LEVEL)), error: null };
  } catch (error) {
    return { number, frame: null, error: (error as Error).message };
  }
}
