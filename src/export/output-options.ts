import { durationUs, sizeOctets, wholeNumber } from '../config/units.js';
import { COUNTER_KINDS, TIME_UNITS } from './fields/export-field.js';
import { compileFilter } from './filter/filter-compiler.js';
import { commandWords } from './file/hook-runner.js';
import { suggestion } from '../config/nearest.js';
import { PROFILE_NAMES } from './profiles/index.js';
import { COMPRESSIONS, type FormatName, type TargetKind } from './output-schemes.js';

/** One option of an output: `name=value` behind the `?`. */
export interface OptionRule<T> {
  /** Formats and targets that have it; null: all. */
  readonly formats: readonly FormatName[] | null;
  readonly targets: readonly TargetKind[] | null;
  /** What the value is, for help; null: a switch, which may stand without one. */
  readonly value: string | null;
  /** Default, as people read it. */
  readonly default: string;
  readonly help: string;
  /** Throws an error that says what is expected. */
  readonly parse: (text: string) => T;
}

const FILES: readonly TargetKind[] = ['file'];
const NETWORK: readonly TargetKind[] = ['udp', 'tcp', 'tls', 'nats', 'redis'];
const SESSIONS: readonly TargetKind[] = ['tcp', 'tls', 'nats', 'redis'];
const BROKERS: readonly TargetKind[] = ['nats', 'redis'];
const ENCRYPTED: readonly TargetKind[] = ['tls', 'nats', 'redis'];
const WITH_TEMPLATES: readonly FormatName[] = ['ipfix', 'netflow9'];
const MESSAGES: readonly FormatName[] = ['ipfix', 'netflow9', 'netflow5'];
const WITH_FIELDS: readonly FormatName[] = ['ipfix', 'netflow9', 'json', 'csv'];

const SHORTEST_ROTATION_MS = 1_000;
const MOST_OCTETS = 2 ** 50;

/** How often a file is ended and the next begun. */
export type Rotation =
  { readonly by: 'time'; readonly intervalMs: number } | { readonly by: 'size'; readonly octets: number };

export const SYNC_POLICIES = ['none', 'close', 'second'] as const;

/** All options, in the order of the documentation. Keys are the names in camel case. */
export const OUTPUT_OPTIONS = {
  uniflow: rule(null, null, null, 'off', 'Two records for a flow in both directions, without reverse elements.', flag),
  biflow: rule(null, null, null, 'on', 'One record for both directions (RFC 5103): undoes --uniflow.', flag),
  time: rule(WITH_FIELDS, null, 'ms, us, ns', 'ms', 'Resolution of time stamps.', oneOf(TIME_UNITS)),
  counters: rule(
    WITH_FIELDS,
    null,
    'delta, total',
    'of the profile',
    'Element names of the counters: octetDeltaCount … or octetTotalCount …',
    oneOf(COUNTER_KINDS),
  ),
  profile: rule(
    WITH_FIELDS,
    null,
    PROFILE_NAMES.join(', '),
    'over the network standard, in files full, of .yaf cert',
    'Which fields a record has, and their names.',
    oneOf(PROFILE_NAMES),
  ),
  fields: rule(WITH_FIELDS, null, 'names, commas', 'those of the profile', 'The fields of a record, in order.', names),
  filter: rule(null, null, 'expression', 'all', 'Only records that it holds for: `tcp and port 443`.', compileFilter),
  domain: rule(
    MESSAGES,
    null,
    '0 to 4,294,967,295',
    '0',
    'Observation Domain id (RFC 7011 §3.1); source id of NetFlow v9, engine type and id of v5.',
    whole(0, 0xffff_ffff),
  ),
  optionsDomain: rule(
    ['ipfix'],
    ['udp', 'tcp', 'tls'],
    '0 to 4,294,967,295',
    'with UDP the domain plus 2,147,483,648, else the domain',
    'Observation Domain id of the options records that come between flows.',
    whole(0, 0xffff_ffff),
  ),
  messageSize: rule(
    null,
    NETWORK,
    'octets, 512 to 65,535',
    '1400 with UDP, else 65,535',
    'Octets of a message at most. With UDP: the path MTU less 28 (IPv4) or 48 (IPv6).',
    size(512, 65_535),
  ),
  templates: rule(
    WITH_TEMPLATES,
    ['udp'],
    'duration, 1s or more',
    '60s',
    'Templates are sent again so often.',
    milliseconds(1_000),
  ),
  syslog: rule(
    ['json'],
    ['udp', 'tcp', 'tls'],
    null,
    'off',
    'A syslog header (RFC 5424) in front of each line; on streams its length as well (RFC 6587).',
    flag,
  ),
  rate: rule(null, ['udp'], 'records a second', 'no limit', 'Records are sent no faster.', whole(1, 1e9)),
  queue: rule(null, NETWORK, 'size', '16M', 'Octets that wait in memory at most.', size(65_536, 2 ** 33)),
  spool: rule(
    null,
    SESSIONS,
    'folder',
    'temporary',
    'What the queue has no room for waits on disk here, and for the next run.',
    nonEmpty,
  ),
  spoolLimit: rule(null, SESSIONS, 'size', '1G', 'Octets on disk at most; the oldest go first.', size(1_048_576)),
  create: rule(null, ['nats'], null, 'off', 'Makes a JetStream stream when none takes the subject.', flag),
  maxLength: rule(
    null,
    BROKERS,
    'messages',
    'no limit',
    'Redis trims the stream to about so many; NATS gives the limit to a stream that `create` makes.',
    whole(1, 2 ** 40),
  ),
  user: rule(null, BROKERS, 'name', '`NATS_USER`, `REDIS_USER`', 'User of the server.', nonEmpty),
  passwordFile: rule(
    null,
    BROKERS,
    'file',
    '`NATS_PASSWORD`, `REDIS_PASSWORD`',
    'A line with the password; with NATS and no user the token.',
    nonEmpty,
  ),
  tls: rule(null, BROKERS, null, 'off', 'TLS 1.2 or later; `ca`, `cert` and `servername` turn it on too.', flag),
  ca: rule(null, ENCRYPTED, 'file', "Node.js' own", 'Certificates (PEM) that vouch for the peer.', nonEmpty),
  cert: rule(null, ENCRYPTED, 'file', 'none', 'Own certificate (PEM), with `key`.', nonEmpty),
  key: rule(null, ENCRYPTED, 'file', 'none', 'Key of the own certificate (PEM).', nonEmpty),
  servername: rule(null, ENCRYPTED, 'name', 'the host', "Name that the peer's certificate must have.", nonEmpty),
  rotate: rule(null, FILES, 'duration or size', 'never', 'Ends the file and begins the next.', rotation),
  compress: rule(null, FILES, 'gz, zst', 'by the ending', 'Compresses the file; adds the ending.', oneOf(COMPRESSIONS)),
  lock: rule(null, FILES, null, 'off', 'NAME.lock stands beside a file that is not complete, as YAF has it.', flag),
  fsync: rule(
    null,
    FILES,
    'none, close, second',
    'none',
    'When octets are forced to the disk: never, with each finished file, or every second as well.',
    oneOf(SYNC_POLICIES),
  ),
  onRotate: rule(
    null,
    FILES,
    'command',
    'none',
    'Runs for each finished file; `{}` stands for its path.',
    commandWords,
  ),
} as const;

export type OptionName = keyof typeof OUTPUT_OPTIONS;

/** The options that were written. */
export type OptionValues = { readonly [K in OptionName]?: ReturnType<(typeof OUTPUT_OPTIONS)[K]['parse']> };

/** How an option is written: `spool-limit` for `spoolLimit`. */
export function optionText(name: OptionName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const NAMES: ReadonlyMap<string, OptionName> = new Map(
  (Object.keys(OUTPUT_OPTIONS) as OptionName[]).map((name) => [optionText(name), name]),
);

/** Reads `a=1&b`; values are percent-decoded. Throws a RangeError that says what is wrong and what is allowed. */
export function parseOptions(text: string, format: FormatName, target: TargetKind): OptionValues {
  const values: Partial<Record<OptionName, unknown>> = {};
  for (const part of text.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const written = equals < 0 ? part : part.slice(0, equals);
    const name = NAMES.get(written);
    if (name === undefined) throw unknownOption(written, format, target);
    requireApplies(name, format, target);
    if (values[name] !== undefined) throw new RangeError(`option ${written}: is written twice`);
    values[name] = parseValue(name, equals < 0 ? null : part.slice(equals + 1));
  }
  if (values.uniflow === true && values.biflow === true) throw new RangeError('uniflow and biflow exclude each other');
  return values as OptionValues;
}

function parseValue(name: OptionName, encoded: string | null): unknown {
  const { value, parse } = OUTPUT_OPTIONS[name] as OptionRule<unknown>;
  if (encoded === null && value !== null) throw new RangeError(`option ${optionText(name)}: a value is missing`);
  try {
    return parse(encoded === null ? 'true' : decodeURIComponent(encoded));
  } catch (error) {
    throw new RangeError(`option ${optionText(name)} ${(error as Error).message}`, { cause: error });
  }
}

function applies(name: OptionName, format: FormatName, target: TargetKind): boolean {
  const { formats, targets } = OUTPUT_OPTIONS[name] as OptionRule<unknown>;
  return (formats?.includes(format) ?? true) && (targets?.includes(target) ?? true);
}

function requireApplies(name: OptionName, format: FormatName, target: TargetKind): void {
  if (applies(name, format, target)) return;
  const { formats, targets } = OUTPUT_OPTIONS[name] as OptionRule<unknown>;
  const where = [formats, targets].filter((list) => list !== null).map((list) => list.join(', '));
  throw new RangeError(
    `option ${optionText(name)}: does not apply to ${format} and ${target}, only to ${where.join(' over ')}`,
  );
}

function unknownOption(written: string, format: FormatName, target: TargetKind): RangeError {
  const allowed = Array.from(NAMES).filter(([, name]) => applies(name, format, target));
  const texts = allowed.map(([text]) => text);
  return new RangeError(
    `unknown option '${written}'${suggestion(written, texts)}; ${format} to ${target} has ${texts.join(', ')}`,
  );
}

function rule<T>(
  formats: readonly FormatName[] | null,
  targets: readonly TargetKind[] | null,
  value: string | null,
  defaultText: string,
  help: string,
  parse: (text: string) => T,
): OptionRule<T> {
  return { formats, targets, value, default: defaultText, help, parse };
}

function flag(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new RangeError(`'${text}': expected true or false`);
}

function oneOf<T extends string>(choices: readonly T[]): (text: string) => T {
  return (text) => {
    const choice = choices.find((each) => each === text);
    if (choice !== undefined) return choice;
    throw new RangeError(`'${text}': expected one of ${choices.join(', ')}${suggestion(text, choices)}`);
  };
}

function names(text: string): readonly string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.includes('')) throw new RangeError(`'${text}': expected names with commas between`);
  const twice = list.find((name, n) => list.indexOf(name) !== n);
  if (twice !== undefined) throw new RangeError(`'${text}': ${twice} is named twice`);
  return list;
}

function nonEmpty(text: string): string {
  if (text.trim() === '') throw new RangeError(`'${text}': expected something`);
  return text;
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => wholeNumber(text, least, most);
}

function size(least: number, most = MOST_OCTETS): (text: string) => number {
  return (text) => {
    const octets = sizeOctets(text);
    if (octets >= least && octets <= most) return octets;
    throw new RangeError(`'${text}': expected a size from ${least} to ${most} octets`);
  };
}

function milliseconds(least: number): (text: string) => number {
  return (text) => {
    const ms = durationUs(text) / 1_000;
    if (ms >= least) return ms;
    throw new RangeError(`'${text}': expected at least ${least / 1_000}s`);
  };
}

/** A duration (`5m`, `1h`) or a size (`100M`, `2GiB`). `m` are minutes, `M` are MiB. */
function rotation(text: string): Rotation {
  if (/^\s*[\d.]+\s*(s|m|h|d)\s*$/.test(text)) {
    const intervalMs = milliseconds(SHORTEST_ROTATION_MS)(text);
    if (intervalMs % 1_000 !== 0) throw new RangeError(`'${text}': expected whole seconds`);
    return { by: 'time', intervalMs };
  }
  if (/^\s*[\d.]+\s*[KMGT](i?B)?\s*$/.test(text)) return { by: 'size', octets: size(65_536)(text) };
  throw new RangeError(`'${text}': expected a duration (30s, 5m, 1h, 1d) or a size (100M, 2G)`);
}
