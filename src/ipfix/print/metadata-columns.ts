import type { DataRecord } from '../data-record.js';
import { isObject, valuesAt } from '../json/json-object.js';
import { jsonText, printableText } from '../value-text.js';
import { ABSENT_KEY, type Column } from './column.js';

/**
 * Columns of what deep packet inspection found. A record of JSON has it in an object for each protocol; in a flat record of
 * IPFIX it is in elements of their own.
 */

/** A short name, and where the values may stand: the first place that has any is shown. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  app: ['applicationName', 'silkAppLabel', 'app_proto', 'network.protocol'],
  appPath: ['applicationPath'],
  sni: ['tls.sni', 'quic.sni', 'dtls.sni', 'openvpn.sni', 'sslServerName'],
  alpn: ['tls.alpnSelected', 'tls.alpn', 'quic.alpn'],
  tlsVersion: ['tls.version', 'quic.version', 'dtls.version', 'tls.clientVersion'],
  ja3: ['tls.ja3', 'quic.ja3', 'dtls.ja3', 'sslClientJA3'],
  ja3s: ['tls.ja3s', 'quic.ja3s', 'dtls.ja3s', 'sslServerJA3S'],
  ja4: ['tls.ja4', 'quic.ja4', 'dtls.ja4'],
  subject: ['tls.certificates.subject', 'dtls.certificates.subject', 'sslCertSubName'],
  issuer: ['tls.certificates.issuer', 'dtls.certificates.issuer', 'sslCertIssuerName'],
  host: ['http.requests.host', 'ssdp.messages.host', 'httpRequestHost'],
  method: ['http.requests.method', 'rtsp.requests.method', 'sip.messages.method', 'httpRequestMethod'],
  target: ['http.requests.target', 'rtsp.requests.url', 'sip.messages.uri', 'httpRequestTarget'],
  status: ['http.responses.status', 'rtsp.responses.status', 'sip.messages.status', 'httpStatusCode'],
  agent: ['http.requests.userAgent', 'rtsp.requests.userAgent', 'sip.messages.userAgent', 'httpUserAgent'],
  query: ['dns', 'mdns', 'llmnr'].map((owner) => `${owner}.messages.questions.name`).concat('dnsQName'),
  answer: ['dns', 'mdns', 'llmnr'].flatMap((owner) =>
    ['a', 'aaaa', 'target'].map((name) => `${owner}.messages.answers.${name}`),
  ),
  user: ['ftp', 'pop3', 'smtp', 'postgresql', 'tds', 'smb', 'irc']
    .map((owner) => `${owner}.user`)
    .concat('imap.login', 'mysql.username', 'mqtt.username', 'radius.messages.user', 'kerberos.client'),
  mailFrom: ['smtp.from', 'smtp.headerFrom', 'imap.headerFrom', 'pop3.headerFrom', 'smtpFrom'],
  mailTo: ['smtp.to', 'smtp.headerTo', 'imap.headerTo', 'pop3.headerTo', 'smtpTo'],
  mailSubject: ['smtp.subject', 'imap.subject', 'pop3.subject', 'smtpSubject'],
  sshClient: ['ssh.clientVersion'],
  sshServer: ['ssh.serverVersion'],
  hassh: ['ssh.hassh'],
};

export const METADATA_NAMES: readonly string[] = Object.keys(NAMES);

/** A protocol, and one or more names within it: `ssh.clientAlgorithms.hostKey`. */
const PATH = /^[a-z][a-z0-9_-]*(\.[A-Za-z][A-Za-z0-9]*)+$/;

class MetadataColumn implements Column {
  readonly align = 'left';
  readonly #paths: readonly (readonly string[])[];

  constructor(
    readonly name: string,
    paths: readonly string[],
  ) {
    this.#paths = paths.map((path) => path.split('.'));
  }

  text(record: DataRecord): string {
    return printableText(this.#values(record).join(','));
  }

  /** A value as it stands, several as a list. */
  json(record: DataRecord): string {
    const values = this.#values(record);
    if (values.length === 0) return 'null';
    return values.length === 1 ? jsonText(values[0]) : `[${values.map((value) => jsonText(value)).join(',')}]`;
  }

  sortKey(record: DataRecord): string {
    return this.#values(record)[0] ?? ABSENT_KEY;
  }

  /** Each value once. */
  #values(record: DataRecord): string[] {
    const { object } = record;
    for (const path of this.#paths) {
      if (path.length > 1 && !isObject(object[path[0]])) continue;
      const values = valuesAt(object, path).filter((value) => value !== '');
      if (values.length > 0) return [...new Set(values)];
    }
    return [];
  }
}

/** The column of a short name of metadata or of a path to it; undefined when it is neither. */
export function metadataColumn(name: string): Column | undefined {
  const known = METADATA_NAMES.find((each) => each.toLowerCase() === name.toLowerCase());
  if (known !== undefined) return new MetadataColumn(known, NAMES[known]);
  return PATH.test(name) ? new MetadataColumn(name, [name]) : undefined;
}
