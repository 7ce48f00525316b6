import { suggestion } from '../config/nearest.js';
import { type OptionValues, parseOptions } from './output-options.js';
import {
  type Compression,
  COMPRESSION_ENDINGS,
  COMPRESSIONS,
  FORMAT_NAMES,
  FORMAT_SCHEMES,
  type FormatName,
  NETWORK_SCHEMES,
  type NetworkKind,
  OUTPUT_ENDINGS,
  STANDARD_OUTPUT,
} from './output-schemes.js';
import { requireConversions } from './file/strftime.js';

/**
 * The text of an output: a URI (`ipfix+udp://[2001:db8::1]:4739?uniflow`), the name of a file (`flows/%Y/%m/%d.ipfix.zst`)
 * or `-`, each with options behind `?`. docs/outputs.md is for people.
 */

export type Target =
  | {
      readonly kind: 'file';
      /** strftime conversions and `%%` are still in it; `%3F` and the like are not. */ readonly path: string;
    }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'udp' | 'tcp' | 'tls'; readonly host: string; readonly port: number }
  | { readonly kind: 'nats'; readonly host: string; readonly port: number; readonly subject: string }
  | { readonly kind: 'redis'; readonly host: string; readonly port: number; readonly stream: string };

export interface OutputSpec {
  /** As it was written. */
  readonly text: string;
  readonly format: FormatName;
  readonly compression: Compression | null;
  readonly target: Target;
  readonly options: OptionValues;
}

/** One output of a run: a place, or several of which the next stands in for a failed one, or which share the load. */
export interface OutputGroup {
  readonly text: string;
  readonly policy: 'single' | 'failover' | 'balance';
  readonly members: readonly OutputSpec[];
}

const BALANCE = 'balance:';
const MEMBER_SEPARATOR = '|';

/** Reads `URI`, `URI|URI` (failover) or `balance:URI|URI`. Throws a RangeError that says what is wrong and what is allowed. */
export function parseOutput(text: string): OutputGroup {
  const isBalance = text.startsWith(BALANCE);
  const members = (isBalance ? text.slice(BALANCE.length) : text).split(MEMBER_SEPARATOR).map(parseMember);
  const single = members.length === 1;
  if (isBalance && single) throw wrong(text, `expected at least two outputs behind '${BALANCE}', with '|' between`);
  const twice = members.find(({ text: name }, n) => members.findIndex((each) => each.text === name) !== n);
  if (twice !== undefined) throw wrong(text, `${twice.text} is named twice`);
  return { text, policy: single ? 'single' : isBalance ? 'balance' : 'failover', members };
}

function parseMember(text: string): OutputSpec {
  try {
    const question = text.indexOf('?');
    const place = question < 0 ? text : text.slice(0, question);
    const options = question < 0 ? '' : text.slice(question + 1);
    const { format, target } = parsePlace(place);
    const values = parseOptions(options, format, target.kind);
    const compression = target.kind === 'file' ? (values.compress ?? compressionOf(target.path)) : null;
    const profile = values.profile ?? profileOf(format, target);
    const known = profile === undefined ? values : { ...values, profile };
    return { text, format, compression, target: withEnding(target, compression), options: known };
  } catch (error) {
    throw error instanceof RangeError ? wrong(text, error.message) : error;
  }
}

/** The profile of a file, or standard output, for which none is asked for; undefined where the format decides. */
function profileOf(format: FormatName, target: Target): string | undefined {
  if (target.kind !== 'file' && target.kind !== 'stdout') return undefined;
  const { profiles } = FORMAT_SCHEMES[format];
  return profiles?.[target.kind === 'file' ? formatEnding(target.path) : ''] ?? profiles?.[''];
}

function wrong(text: string, what: string): RangeError {
  return new RangeError(`output '${withoutSecrets(text)}': ${withoutSecrets(what)}`);
}

/** Passwords have no place in the text of an output; where one stands all the same, it is not repeated. */
function withoutSecrets(text: string): string {
  return text.replace(/\/\/[^/?|]*@/g, '//…@').replace(/((?:password|pass|token)=)[^&|']*/gi, '$1…');
}

interface Place {
  readonly format: FormatName;
  readonly target: Target;
}

function parsePlace(place: string): Place {
  if (place === STANDARD_OUTPUT) return { format: 'json', target: { kind: 'stdout' } };
  const file = /^([^+/:]+)\+file:(.+)$/.exec(place);
  if (file !== null) return fileOf(fileFormat(formatNamed(file[1])), file[2]);
  const uri = /^([^+/:]+)(?:\+([^+/:]+))?:\/\/(.*)$/.exec(place);
  if (uri !== null) return networkPlace(uri[1], uri[2], uri[3]);
  return fileOf(formatOfName(place), place);
}

function fileOf(format: FormatName, written: string): Place {
  const path = decodedPath(written);
  if (path.includes('\0')) throw new RangeError('%00 is no character of a name');
  requireConversions(path);
  return { format, target: path === STANDARD_OUTPUT ? { kind: 'stdout' } : { kind: 'file', path } };
}

/** `%3F` is `?`: digits behind `%` are the number of an octet, letters are a conversion of strftime, `%%` is `%`. */
function decodedPath(path: string): string {
  return path.replace(/(%%)|((?:%[0-7][0-9A-Fa-f])+)/g, (all, percent: string | undefined) => {
    if (percent !== undefined) return all;
    return decodeURIComponent(all).replaceAll('%', '%%');
  });
}

function formatNamed(name: string): FormatName {
  const format = FORMAT_NAMES.find((each) => each === name.toLowerCase());
  if (format !== undefined) return format;
  throw new RangeError(`no format '${name}'${suggestion(name, FORMAT_NAMES)}, expected ${FORMAT_NAMES.join(', ')}`);
}

function fileFormat(format: FormatName): FormatName {
  if (FORMAT_SCHEMES[format].endings.length > 0) return format;
  throw new RangeError(`${format} has no file form, expected ${targetsOf(format)}`);
}

/** By the ending of a file's name. */
function formatOfName(path: string): FormatName {
  const ending = formatEnding(path);
  const format = FORMAT_NAMES.find((each) => FORMAT_SCHEMES[each].endings.includes(ending));
  if (format !== undefined) return format;
  throw new RangeError(
    `expected a name that ends in ${OUTPUT_ENDINGS.join(', ')}, with ${COMPRESSION_ENDINGS.join(' or ')} behind it for ` +
      "compression, '-' for JSON lines on standard output, or a URI such as ipfix+udp://collector:4739",
  );
}

/** In small letters, without that of a compression. */
function formatEnding(path: string): string {
  const name = path.toLowerCase();
  const packed = COMPRESSION_ENDINGS.find((ending) => name.endsWith(ending)) ?? '';
  return endingOf(name.slice(0, name.length - packed.length));
}

function compressionOf(path: string): Compression | null {
  return COMPRESSIONS.find((name) => path.toLowerCase().endsWith(`.${name}`)) ?? null;
}

/** A compressed file says so in its name. */
function withEnding(target: Target, compression: Compression | null): Target {
  if (target.kind !== 'file' || compression === null) return target;
  const written = compressionOf(target.path);
  if (written === null) return { kind: 'file', path: `${target.path}.${compression}` };
  if (written === compression) return target;
  throw new RangeError(`option compress ${compression}: the name ends in .${written}`);
}

/** From the last dot on; empty when there is none. */
function endingOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot);
}

function networkPlace(first: string, second: string | undefined, rest: string): Place {
  const kinds = Object.keys(NETWORK_SCHEMES) as NetworkKind[];
  const kind = kinds.find((each) => each === (second ?? first).toLowerCase());
  if (second === undefined && kind === undefined) {
    const format = formatNamed(first);
    throw new RangeError(`how should ${format} travel? expected ${targetsOf(format)}`);
  }
  if (kind === undefined) {
    const format = formatNamed(first);
    throw new RangeError(`no target '${second}'${suggestion(second ?? '', kinds)}, expected ${targetsOf(format)}`);
  }
  const format = second === undefined ? NETWORK_SCHEMES[kind].format : formatNamed(first);
  if (format === null) throw new RangeError(`expected a format in front: ${carriersOf(kind)}`);
  const defaultPort = FORMAT_SCHEMES[format].ports[kind];
  if (defaultPort === undefined) throw new RangeError(`${format} does not travel over ${kind}: ${targetsOf(format)}`);
  return { format, target: networkTarget(kind, rest, defaultPort) };
}

function networkTarget(kind: NetworkKind, rest: string, defaultPort: number | null): Target {
  if (/^[^/]*@/.test(rest)) {
    const instead = NETWORK_SCHEMES[kind].path === null ? '' : ', and ?user=NAME&password-file=FILE';
    throw new RangeError(`credentials do not stand in front of a host: expected HOST:PORT${instead}`);
  }
  const parts = /^(?:\[([^\]]*)\]|([^:/[\]]*))(?::([^/:@]*))?(?:\/(.*))?$/.exec(rest);
  if (parts === null)
    throw new RangeError(`'${rest}': expected HOST:PORT, an IPv6 address in brackets: [2001:db8::1]:4739`);
  const [, literal, name, portText, path = ''] = parts;
  const host = literal ?? name;
  if (host === '' || /[\s@]/.test(host)) throw new RangeError(`'${rest}': expected the name or address of a host`);
  if (literal !== undefined && !literal.includes(':')) throw new RangeError(`'[${literal}]': expected an IPv6 address`);
  const port = portOf(portText, defaultPort);
  const { path: named } = NETWORK_SCHEMES[kind];
  if (named === null && path !== '') throw new RangeError(`'/${path}': expected nothing behind the port but ?options`);
  if (named !== null && path === '')
    throw new RangeError(`expected a ${named} behind host and port: ${kind}://HOST/NAME`);
  const behind = decodeURIComponent(path);
  switch (kind) {
    case 'nats':
      requireSubject(behind);
      return { kind, host, port, subject: behind };
    case 'redis':
      return { kind, host, port, stream: behind };
    default:
      return { kind, host, port };
  }
}

/** Tokens with dots between; `*` and `>` are for those who read. */
function requireSubject(subject: string): void {
  if (/^[^\s.*>]+(\.[^\s.*>]+)*$/.test(subject)) return;
  throw new RangeError(`subject '${subject}': expected words with dots between, such as weir.flows`);
}

const LARGEST_PORT = 65_535;

function portOf(text: string | undefined, defaultPort: number | null): number {
  if (text === undefined && defaultPort !== null) return defaultPort;
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= LARGEST_PORT) return port;
  throw new RangeError(text === undefined ? 'a port is missing' : `port '${text}': expected 1 to ${LARGEST_PORT}`);
}

/** Every form in which a format can be written. */
function targetsOf(format: FormatName): string {
  const { ports, endings } = FORMAT_SCHEMES[format];
  const network = (Object.keys(ports) as NetworkKind[]).map((kind) => `${format}+${kind}://HOST`);
  return [...network, ...(endings.length > 0 ? [`a file NAME${endings[0]}`] : [])].join(', ');
}

/** The schemes of all formats that travel that way. */
function carriersOf(kind: NetworkKind): string {
  return FORMAT_NAMES.filter((name) => FORMAT_SCHEMES[name].ports[kind] !== undefined)
    .map((name) => `${name}+${kind}://`)
    .join(', ');
}
