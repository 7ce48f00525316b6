/** Loaded into a measured sensor: at SIGUSR2 its first thread collects all garbage, and tells what of its heap is left. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    // What the first one finalises the second one frees.
    collect();
    collect();
    process.stderr.write(`heap after collection: ${getHeapStatistics().used_heap_size} octets\n`);
  });
}
