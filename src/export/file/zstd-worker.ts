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

// Jobs wait until it is there.
const loading = Zstd.load();

parentPort?.on('message', (job: FrameJob) => {
  void loading.then((zstd) => {
    const done = compressed(zstd, job);
    parentPort?.postMessage(done, done.frame === null ? [] : [done.frame.buffer]);
  });
});

function compressed(zstd: Zstd, { number, octets }: FrameJob): FrameDone {
  try {
    // A copy of its own: what the compressor gives may lie in its memory.
    return { number, frame: new Uint8Array(zstd.compress(octets, LEVEL)), error: null };
  } catch (error) {
    return { number, frame: null, error: (error as Error).message };
  }
}
