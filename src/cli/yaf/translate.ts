import { SETTING_KEYS, settingOf } from '../../config/settings.js';
import { wholeNumber } from '../../config/units.js';
import type { Environment } from '../settings-options.js';
import { UsageError } from '../usage-error.js';
import { payloadWords } from './payload-words.js';
import { YAF_OPTIONS } from './yaf-options.js';

/** Options of YAF by name, as yargs hands them over: text, true, or nothing. */
export type YafWords = Readonly<Record<string, unknown>>;

const LONGEST_SECONDS = 31_622_400;
const IPFIX_PORT = 4739;
const IPFIX_TLS_PORT = 4740;
/** YAF's own, in seconds; templates are sent three times in it. */
const TEMPLATE_TIMEOUT_SECONDS = 600;

/** The words of a weir command that does what YAF does with these options. Throws a `UsageError` where weir would not. */
export function translate(words: YafWords, environment: Environment = process.env): string[] {
  refuse(words);
  if (words['tls-key'] !== undefined && (environment.YAF_TLS_PASS ?? '') !== '')
    throw new UsageError('YAF_TLS_PASS: weir reads keys without a password; expected a --tls-key file of that kind');
  const isLive = words.live !== undefined;
  const command = isLive ? 'live' : 'replay';
  const result = [
    command,
    ...['--idle-timeout', textOf(words, 'idle-timeout') ?? '300'],
    ...['--active-timeout', textOf(words, 'active-timeout') ?? '1800'],
    ...tunnels(words),
    ...filter(words),
    ...['--time', timeOf(words)],
    ...['--stats', words.verbose === true ? 'text' : 'none'],
    ...(isLive ? [] : ['--no-progress']),
    ...payloadWords(words),
  ];
  for (const { name, onlyLive, words: translated } of YAF_OPTIONS) {
    if (words[name] === undefined || translated === undefined || (onlyLive && !isLive)) continue;
    result.push(...translated(textOf(words, name) ?? ''));
  }
  for (const word of result.slice(1)) requireOption(word, command, isLive);
  return [...result, '-o', outputOf(words), ...inputWords(words, isLive)];
}

/** Refuses what the table refuses, and what is given where YAF takes it once. */
function refuse(words: YafWords): void {
  for (const { name, note, verdict } of YAF_OPTIONS) {
    const value = words[name];
    if (value === undefined) continue;
    if (Array.isArray(value)) throw new UsageError(`--${name}: is given ${value.length} times, expected once`);
    if (verdict === 'refused') throw new UsageError(`--${name} is not done by weir: ${plain(note)}`);
  }
  const log = textOf(words, 'log');
  if (log !== undefined && log !== 'stderr') throw new UsageError(`--log '${log}': expected stderr`);
}

/** A setting that the command does not have would silently do nothing. */
function requireOption(word: string, command: 'replay' | 'live', isLive: boolean): void {
  const name = /^--(?:no-)?([\w-]+)$/.exec(word)?.[1];
  const key = SETTING_KEYS.find((each) => settingOf(each).option === name);
  if (key === undefined || settingOf(key).commands.includes(command)) return;
  throw new UsageError(`--${name}: weir has it ${isLive ? 'for captures in files only' : 'with --live only'}`);
}

function inputWords(words: YafWords, isLive: boolean): string[] {
  const input = textOf(words, 'in') ?? '-';
  if (!isLive) return words.caplist === true ? ['--list', input] : ['--', input];
  const type = textOf(words, 'live');
  if (type !== 'pcap') throw new UsageError(`--live '${type}': weir captures from network interfaces, expected pcap`);
  if (words.caplist === true)
    throw new UsageError('--caplist: is of files, --live of an interface; expected one of them');
  if (words.in === undefined) throw new UsageError('--live: the interface is missing, expected --in INTERFACE');
  return ['-i', input];
}

function outputOf(words: YafWords): string {
  const out = textOf(words, 'out') ?? '-';
  const protocol = textOf(words, 'ipfix');
  const options = ['profile=cert', ...(words.delta === true ? ['counters=delta'] : [])];
  if (protocol !== undefined) return collector(words, out, protocol, options);
  for (const name of ['ipfix-port', 'tls', 'tls-ca', 'tls-cert', 'tls-key', 'udp-temp-timeout']) {
    if (words[name] !== undefined) throw new UsageError(`--${name}: is of collectors, expected --ipfix too`);
  }
  const rotate = secondsOf(words, 'rotate', 1);
  if (rotate !== null) options.push(`rotate=${rotate}s`);
  if (words.lock === true && out !== '-') options.push('lock');
  if (rotate !== null && out === '-')
    throw new UsageError('--rotate: standard output cannot be rotated, expected --out PREFIX');
  const name = out.replaceAll('%', '%%').replaceAll('?', '%3F').replaceAll('|', '%7C');
  return `ipfix+file:${name}${rotate === null ? '' : '-%Y%m%d%H%M%S-%i.yaf'}?${options.join('&')}`;
}

function collector(words: YafWords, host: string, protocol: string, options: string[]): string {
  if (protocol !== 'tcp' && protocol !== 'udp')
    throw new UsageError(`--ipfix '${protocol}': weir sends IPFIX over tcp or udp`);
  if (host === '-') throw new UsageError('--ipfix: the collector is missing, expected --out HOST');
  for (const name of ['rotate', 'lock']) {
    if (words[name] !== undefined)
      throw new UsageError(`--${name}: is of files, --ipfix of collectors; expected one of them`);
  }
  const isTls = words.tls === true;
  if (isTls && protocol !== 'tcp') throw new UsageError(`--tls: weir encrypts over tcp, --ipfix is ${protocol}`);
  for (const option of ['ca', 'cert', 'key']) {
    const file = textOf(words, `tls-${option}`);
    if (file === undefined) continue;
    if (!isTls) throw new UsageError(`--tls-${option}: expected --tls too`);
    options.push(`${option}=${encodeURIComponent(file)}`);
  }
  if (protocol === 'udp') {
    const timeout = secondsOf(words, 'udp-temp-timeout', 0) || TEMPLATE_TIMEOUT_SECONDS;
    options.push(`templates=${Math.max(1, Math.floor(timeout / 3))}s`);
  }
  const port = read('ipfix-port', textOf(words, 'ipfix-port'), 1, 65_535) ?? (isTls ? IPFIX_TLS_PORT : IPFIX_PORT);
  const address = host.includes(':') ? `[${host}]` : host;
  return `ipfix+${isTls ? 'tls' : protocol}://${address}:${port}?${options.join('&')}`;
}

/** YAF looks into no tunnel unless it is told to, and knows VXLAN by one port. */
function tunnels(words: YafWords): string[] {
  const opened = ['gre', 'vxlan', 'geneve'].filter((name) => words[`${name}-decode`] === true);
  const vxlan = ['--port-vxlan', textOf(words, 'vxlan-decode-ports') ?? '4789'];
  const geneve = textOf(words, 'geneve-decode-ports');
  return [
    ...['--decap', opened.length === 0 ? 'none' : opened.join(',')],
    ...(opened.includes('vxlan') ? vxlan : []),
    ...(opened.includes('geneve') && geneve !== undefined ? ['--port-geneve', geneve] : []),
  ];
}

/** --filter and --ip4-only or --ip6-only as one filter; YAF lets both of the latter cancel each other. */
function filter(words: YafWords): string[] {
  const own = textOf(words, 'filter');
  const [ip4, ip6] = [words['ip4-only'] === true, words['ip6-only'] === true];
  const parts = own === undefined ? [] : [own];
  // A filter sees headers and no decoder: `vlan` moves it behind the tag, for all that comes later in the expression.
  if (ip4 !== ip6) parts.unshift(ip4 ? 'ip or (vlan and ip)' : 'ip6 or (vlan and ip6)');
  if (parts.length === 0) return [];
  return [
    '--filter',
    parts.length === 1
      ? parts[0]
      : [...parts]
          .reverse()
          .map((part) => `(${part})`)
          .join(' and '),
  ];
}

function timeOf(words: YafWords): string {
  const given = textOf(words, 'time-elements') ?? '1';
  const unit = new Map([
    ['1', 'ms'],
    ['2', 'us'],
    ['3', 'ns'],
  ]).get(given);
  if (unit === undefined) throw new UsageError(`--time-elements '${given}': expected one of 1 (ms), 2 (us), 3 (ns)`);
  return unit;
}

function textOf(words: YafWords, name: string): string | undefined {
  const value = words[name];
  return typeof value === 'string' ? value : undefined;
}

/** Seconds of an option; null when it is not given, or 0 where that switches it off. */
function secondsOf(words: YafWords, name: string, least: 0 | 1): number | null {
  const text = textOf(words, name);
  if (least === 1 && text === '0') return null;
  return read(name, text, least, LONGEST_SECONDS);
}

function read(name: string, text: string | undefined, least: number, most: number): number | null {
  if (text === undefined) return null;
  try {
    return wholeNumber(text, least, most);
  } catch (error) {
    throw new UsageError(`--${name} ${(error as Error).message}`, { cause: error });
  }
}

function plain(text: string): string {
  return text.replaceAll('`', '');
}
