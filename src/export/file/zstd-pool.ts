import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { FrameDone, FrameJob } from './zstd-worker.js';

/** One thread compresses some hundred MB/s: more records than any output has. */
const MOST_THREADS = 2;

interface Waiting {
  readonly resolve: (frame: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, Waiting>;
}

/** Threads that compress frames, for all outputs; they do not keep the process from ending. */
export class ZstdPool {
  static #shared: ZstdPool | null = null;
  readonly #threads: Thread[] = [];
  readonly #most = Math.min(MOST_THREADS, Math.max(1, availableParallelism() - 1));
  #jobs = 0;

  static shared(): ZstdPool {
    this.#shared ??= new ZstdPool();
    return this.#shared;
  }

  /** Compresses the octets of an array that is not used any more. */
  compress(octets: Uint8Array): Promise<Uint8Array> {
    const thread = this.#idlest();
    const job: FrameJob = { number: this.#jobs++, octets: octets as Uint8Array<ArrayBuffer> };
    return new Promise((resolve, reject) => {
      if (thread.jobs.size === 0) thread.worker.ref();
      thread.jobs.set(job.number, { resolve, reject });
      thread.worker.postMessage(job, [job.octets.buffer]);
    });
  }

  /** A thread with the fewest jobs; a new one while there are few and none is idle. */
  #idlest(): Thread {
    const [idlest] = this.#threads.toSorted((a, b) => a.jobs.size - b.jobs.size);
    return idlest === undefined || (idlest.jobs.size > 0 && this.#threads.length < this.#most) ? this.#start() : idlest;
  }

  #start(): Thread {
    const worker = new Worker(new URL('./zstd-worker.js', import.meta.url));
    const thread: Thread = { worker, jobs: new Map() };
    worker.unref();
    worker.on('message', (done: FrameDone) => {
      const waiting = thread.jobs.get(done.number);
      thread.jobs.delete(done.number);
      if (thread.jobs.size === 0) worker.unref();
      if (done.frame === null) waiting?.reject(new Error(done.error ?? 'no frame'));
      else waiting?.resolve(done.frame);
    });
    worker.on('error', (error) => {
      this.#threads.splice(this.#threads.indexOf(thread), 1);
      for (const { reject } of thread.jobs.values()) reject(error instanceof Error ? error : new Error(String(error)));
      thread.jobs.clear();
    });
    this.#threads.push(thread);
    return thread;
  }
}
