/**
 * What a URI may name: formats, and the targets that they can go to. Data alone; what is made of it stands in
 * output-formats.ts and output-targets.ts.
 */

export const FORMAT_NAMES = ['ipfix', 'netflow9', 'netflow5', 'json', 'csv'] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

export const TARGET_KINDS = ['file', 'stdout', 'udp', 'tcp', 'tls', 'nats', 'redis'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** Targets that are reached over the network: `FORMAT+KIND://HOST:PORT`. */
export type NetworkKind = Exclude<TargetKind, 'file' | 'stdout'>;

export interface FormatScheme {
  /** Endings of files that have this format. */
  readonly endings: readonly string[];
  /** Of endings of files: the profile (profiles/index.ts) when none is asked for; '' stands for all others, and standard output. */
  readonly profiles?: Readonly<Record<string, string>>;
  /** Targets that can carry it, network targets with the port that they have when none is written; null: it must be. */
  readonly ports: Readonly<Partial<Record<NetworkKind, number | null>>>;
}

const NATS_PORT = 4222;
const REDIS_PORT = 6379;

/** A format is one entry here. All can go to files and standard output that have a file form, which is told by `endings`. */
export const FORMAT_SCHEMES: Readonly<Record<FormatName, FormatScheme>> = {
  ipfix: {
    endings: ['.ipfix', '.yaf'],
    // Who reads a file later wants what only elements of enterprises say: the flags of the first packet.
    profiles: { '.yaf': 'cert', '': 'full' },
    ports: { udp: 4739, tcp: 4739, tls: 4740 },
  },
  netflow9: { endings: [], ports: { udp: 2055 } },
  netflow5: { endings: [], ports: { udp: 2055 } },
  json: {
    endings: ['.jsonl', '.json', '.ndjson'],
    ports: { udp: null, tcp: null, tls: null, nats: NATS_PORT, redis: REDIS_PORT },
  },
  csv: { endings: ['.csv'], ports: {} },
};

export interface NetworkScheme {
  /** What the path behind host and port names; null: there is none. */
  readonly path: 'subject' | 'stream' | null;
  /** The format when the URI names none. */
  readonly format: FormatName | null;
}

export const NETWORK_SCHEMES: Readonly<Record<NetworkKind, NetworkScheme>> = {
  udp: { path: null, format: null },
  tcp: { path: null, format: null },
  tls: { path: null, format: null },
  nats: { path: 'subject', format: 'json' },
  redis: { path: 'stream', format: 'json' },
};

export const COMPRESSIONS = ['gz', 'zst'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** What the name of a file may end in; each also with one of `COMPRESSION_ENDINGS` behind it. */
export const OUTPUT_ENDINGS: readonly string[] = FORMAT_NAMES.flatMap((name) => FORMAT_SCHEMES[name].endings);
export const COMPRESSION_ENDINGS: readonly string[] = COMPRESSIONS.map((name) => `.${name}`);

/** Standard output. */
export const STANDARD_OUTPUT = '-';
