import { CompressedSink, createGzip, createZstd } from './compressed-sink.js';
import { FileSink } from './file-sink.js';
import { OUTPUT_FORMATS } from './output-formats.js';
import type { Output } from './output.js';
import type { OutputRequest } from './output-request.js';
import type { Compression } from './output-schemes.js';
import type { RecordEncoder } from './record-encoder.js';
import type { OctetSink, Sink } from './sink.js';
import { SinkOutput } from './sink-output.js';

/** Opens a file; one that is there is emptied. */
export async function openFile(request: OutputRequest): Promise<Output> {
  const { spec } = request;
  if (spec.target.kind !== 'file') throw new Error(`${spec.text} is no file`);
  const { path } = spec.target;
  const encoderOf = fileEncoder(request);
  // The encoder checks its options before the file is touched.
  encoderOf(() => undefined);
  const sink = await compressing(path, FileSink.open(path), spec.compression);
  return new SinkOutput(spec.text, encoderOf, sink, request.isUniflow);
}

export function openStandardOutput(request: OutputRequest): Promise<Output> {
  const encoderOf = fileEncoder(request);
  return Promise.resolve(new SinkOutput(request.spec.text, encoderOf, FileSink.standardOutput(), request.isUniflow));
}

/** Makes the content of one file. Throws a RangeError when the format has no file form. */
function fileEncoder(request: OutputRequest): (sink: OctetSink) => RecordEncoder {
  const { format } = request.spec;
  const file = OUTPUT_FORMATS[format]?.file ?? null;
  if (file === null) throw new RangeError(`${format} cannot be written to files`);
  return (sink) => file(request, sink);
}

async function compressing(name: string, file: FileSink, compression: Compression | null): Promise<Sink> {
  if (compression === null) return file;
  const compressor = compression === 'gz' ? createGzip() : createZstd();
  if (compressor !== null) return new CompressedSink(name, file, compressor);
  // Loaded only when it is needed.
  const { ZstdFrameSink } = await import('./zstd-frame-sink.js');
  return ZstdFrameSink.create(name, file);
}
