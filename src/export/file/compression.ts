import type { Compression } from '../output-schemes.js';
import type { Sink } from './sink.js';

/** Puts a compressor in front of a sink. */
export type Compress = (name: string, sink: Sink) => Sink;

/** Gets a compressor ready, so that files can be begun without waiting; null: files are not compressed. */
export async function compressorOf(compression: Compression | null): Promise<Compress | null> {
  switch (compression) {
    case null:
      return null;
    // What compresses is loaded only when it is needed.
    case 'gz': {
      const { CompressedSink, createGzip } = await import('./compressed-sink.js');
      return (name, sink) => new CompressedSink(name, sink, createGzip());
    }
    case 'zst': {
      const { CompressedSink, createZstd } = await import('./compressed-sink.js');
      const probe = createZstd();
      if (probe !== null) {
        probe.destroy();
        return (name, sink) => new CompressedSink(name, sink, createZstd()!);
      }
      const [{ ZstdFrameSink }, { ZstdPool }] = await Promise.all([
        import('./zstd-frame-sink.js'),
        import('./zstd-pool.js'),
      ]);
      const pool = ZstdPool.shared();
      return (name, sink) => new ZstdFrameSink(name, sink, (octets) => pool.compress(octets));
    }
  }
}
