import { CompressedSink, createGzip, createZstd } from './compressed-sink.js';
import type { Compression } from '../output-schemes.js';
import type { Sink } from './sink.js';

/** Puts a compressor in front of a sink. */
export type Compress = (name: string, sink: Sink) => Sink;

/** Gets a compressor ready, so that files can be begun without waiting; null: files are not compressed. */
export async function compressorOf(compression: Compression | null): Promise<Compress | null> {
  switch (compression) {
    case null:
      return null;
    case 'gz':
      return (name, sink) => new CompressedSink(name, sink, createGzip());
    case 'zst': {
      const probe = createZstd();
      if (probe !== null) {
        probe.destroy();
        return (name, sink) => new CompressedSink(name, sink, createZstd()!);
      }
      // Loaded only when they are needed.
      const [{ ZstdFrameSink }, { ZstdPool }] = await Promise.all([
        import('./zstd-frame-sink.js'),
        import('./zstd-pool.js'),
      ]);
      const pool = ZstdPool.shared();
      return (name, sink) => new ZstdFrameSink(name, sink, (octets) => pool.compress(octets));
    }
  }
}
