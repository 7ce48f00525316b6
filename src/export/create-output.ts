import { CompressedSink, createGzip, createZstd } from './compressed-sink.js';
import { FileSink } from './file-sink.js';
import { type CounterKind, type ExportField, flowFields, type TimeUnit } from './flow-fields.js';
import { IpfixFile, type IpfixFileOptions } from './ipfix-file.js';
import { type Output, type RecordEncoder, SinkOutput } from './output.js';
import { RecordText } from './record-text.js';
import type { OctetSink, Sink } from './sink.js';
import { CSV, JSON_LINES } from './text-style.js';

/** Standard output, as JSON lines. */
export const STANDARD_OUTPUT = '-';

export interface OutputFormat {
  readonly format: 'ipfix' | 'json' | 'csv';
  readonly compression: 'gzip' | 'zstd' | null;
}

const FORMATS: ReadonlyMap<string, OutputFormat['format']> = new Map([
  ['.ipfix', 'ipfix'],
  ['.yaf', 'ipfix'],
  ['.jsonl', 'json'],
  ['.json', 'json'],
  ['.ndjson', 'json'],
  ['.csv', 'csv'],
]);
const COMPRESSIONS: ReadonlyMap<string, OutputFormat['compression']> = new Map([
  ['.gz', 'gzip'],
  ['.zst', 'zstd'],
]);

/** What the name of a file may end in; each also with one of `COMPRESSION_ENDINGS` behind it. */
export const OUTPUT_ENDINGS: readonly string[] = [...FORMATS.keys()];
export const COMPRESSION_ENDINGS: readonly string[] = [...COMPRESSIONS.keys()];

export interface OutputOptions {
  /** Two records for a biflow, without reverse elements. Default: false. */
  readonly uniflow?: boolean;
  /** Resolution of times. Default: ms. */
  readonly time?: TimeUnit;
  /** Name of a profile. Default: standard in IPFIX, full in JSON and CSV. */
  readonly profile?: string;
  /** Default: as the profile has it. */
  readonly counters?: CounterKind;
  /** Only these fields of the profile. */
  readonly fields?: readonly string[];
  /** Observation Domain of IPFIX, 0 to 2^32 - 1. Default: 0. */
  readonly observationDomain?: number;
  /** The ingress interface is part of the flow key. Default: false. */
  readonly interfaceInKey?: boolean;
  /** More about IPFIX: bound of messages, Export Time, exporter. */
  readonly ipfix?: Pick<IpfixFileOptions, 'maxMessageOctets' | 'clock' | 'exporter' | 'knowledge'>;
}

/** What the name of an output asks for, by its ending. Throws a RangeError that names the endings there are. */
export function outputFormat(path: string): OutputFormat {
  if (path === STANDARD_OUTPUT) return { format: 'json', compression: null };
  const name = path.toLowerCase();
  const compressed = ending(name);
  const compression = COMPRESSIONS.get(compressed) ?? null;
  const format = FORMATS.get(ending(compression === null ? name : name.slice(0, -compressed.length)));
  if (format !== undefined) return { format, compression };
  throw new RangeError(
    `output '${path}': expected a name that ends in ${OUTPUT_ENDINGS.join(', ')}, ` +
      `with ${COMPRESSION_ENDINGS.join(' or ')} behind it for compression, or '-' for JSON lines on standard output`,
  );
}

/** From the last dot on; empty when there is none. */
function ending(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot);
}

/**
 * Opens an output in the format that its name asks for; a file that is there is emptied.
 * Rejects with a RangeError when the name or an option is wrong, and with an OutputError when it cannot be opened.
 */
export async function createOutput(path: string, options: OutputOptions = {}): Promise<Output> {
  const { format, compression } = outputFormat(path);
  const table = flowFields({ ...options, format, ingressInterface: options.interfaceInKey ?? false });
  // The encoder checks its options before the file is touched.
  let sink: Sink | null = null;
  const write: OctetSink = (octets, from, to) => sink?.write(octets, from, to);
  const encoder = createEncoder(format, table, options, write);
  const file = path === STANDARD_OUTPUT ? FileSink.standardOutput() : FileSink.open(path);
  sink = await compressing(path, file, compression);
  return new SinkOutput(path, encoder, sink);
}

function createEncoder(
  format: OutputFormat['format'],
  table: readonly ExportField[],
  options: OutputOptions,
  sink: OctetSink,
): RecordEncoder {
  const { uniflow = false, observationDomain = 0 } = options;
  switch (format) {
    case 'ipfix':
      return new IpfixFile(table, { ...options.ipfix, uniflow, observationDomainId: observationDomain }, sink);
    case 'json':
      return new RecordText(table, uniflow, JSON_LINES, sink);
    case 'csv':
      return new RecordText(table, uniflow, CSV, sink);
  }
}

async function compressing(name: string, file: FileSink, compression: OutputFormat['compression']): Promise<Sink> {
  if (compression === null) return file;
  const compressor = compression === 'gzip' ? createGzip() : createZstd();
  if (compressor !== null) return new CompressedSink(name, file, compressor);
  // Loaded only when it is needed.
  const { ZstdFrameSink } = await import('./zstd-frame-sink.js');
  return ZstdFrameSink.create(name, file);
}
