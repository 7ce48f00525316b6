import { isObject, type JsonObject, listOf, objectOf, textOf, valuesAt } from '../json/json-object.js';
import { cipherName, dnsTypeName, responseCodeName } from './protocol-names.js';

/**
 * Queries, handshakes and requests of a record: what it has in an object for each protocol, as weir's JSON lines have it, else
 * what stands in Information Elements of the record or of records in its lists.
 */

export const TRANSACTION_KINDS = ['dns', 'tls', 'http'] as const;
export type TransactionKind = (typeof TRANSACTION_KINDS)[number];

/** Values by column, those of `TRANSACTION_COLUMNS` behind the port; `time` in place of the record's start. */
export type Transaction = Readonly<Record<string, string>>;

/** Columns of every kind, then those of each. */
export const COMMON_COLUMNS = ['time', 'client', 'server', 'port'] as const;
export const TRANSACTION_COLUMNS: Readonly<Record<TransactionKind, readonly string[]>> = {
  dns: ['id', 'name', 'type', 'rcode', 'latency', 'answers'],
  tls: ['version', 'sni', 'alpn', 'cipher', 'ja3', 'ja4', 'notAfter', 'subject', 'issuer'],
  http: ['method', 'host', 'target', 'status', 'type', 'length', 'agent'],
};

const READERS: Readonly<Record<TransactionKind, (record: JsonObject) => Transaction[]>> = {
  dns: (record) => {
    const found = ['dns', 'mdns', 'llmnr', 'dnscrypt'].flatMap((owner) =>
      dnsOf(listOf(objectOf(record, owner) ?? {}, 'messages')),
    );
    return found.length > 0 ? found : holders(record, ['dnsQName', 'dnsName']).map(flatDns);
  },
  tls: (record) => {
    const found = ['tls', 'quic', 'dtls', 'openvpn'].flatMap((owner) => tlsOf(objectOf(record, owner)));
    return found.length > 0
      ? found
      : holders(record, ['sslServerName', 'sslServerCipher', 'sslClientJA3']).map(flatTls);
  },
  http: (record) => {
    const http = objectOf(record, 'http');
    if (http !== null) return httpOf(listOf(http, 'requests'), listOf(http, 'responses'));
    return holders(record, ['httpRequestMethod', 'httpRequestHost', 'httpStatusCode']).map(flatHttp);
  },
};

export function transactionsOf(kind: TransactionKind, record: JsonObject): Transaction[] {
  return READERS[kind](record);
}

/** Queries with what answered them; answers whose query is not there stand alone. */
function dnsOf(messages: readonly JsonObject[]): Transaction[] {
  const found: Record<string, string>[] = [];
  const waiting = new Map<string, Record<string, string>>();
  for (const message of messages) {
    const asked = listOf(message, 'questions');
    const named = asked.length > 0 ? asked : listOf(message, 'answers').slice(0, 1);
    for (const { name, type } of named) {
      const key = `${textOf(message, 'id')} ${String(type)} ${String(name).toLowerCase()}`;
      const isAnswer = message['response'] === true;
      let transaction = isAnswer ? waiting.get(key) : undefined;
      if (transaction === undefined) {
        transaction = {
          time: textOf(message, 'time'),
          id: textOf(message, 'id'),
          name: String(name),
          type: dnsTypeName(Number(type)),
        };
        found.push(transaction);
        if (!isAnswer) waiting.set(key, transaction);
      } else waiting.delete(key);
      if (!isAnswer) continue;
      transaction['rcode'] = responseCodeName(Number(message['rcode']));
      transaction['latency'] = millisecondsText(message['latencyUs']);
      transaction['answers'] = listOf(message, 'answers').map(answerText).join(',');
    }
  }
  return found;
}

/** What a record of DNS says, without its name. */
function answerText(answer: JsonObject): string {
  for (const key of ['a', 'aaaa', 'target', 'text', 'data']) {
    const values = valuesAt(answer, [key]);
    if (values.length > 0) return values.join(' ');
  }
  return dnsTypeName(Number(answer['type']));
}

/** Milliseconds with three decimals. */
function millisecondsText(microseconds: unknown): string {
  return typeof microseconds === 'number' ? (microseconds / 1_000).toFixed(3) : '';
}

function tlsOf(tls: JsonObject | null): Transaction[] {
  if (tls === null) return [];
  const certificate = listOf(tls, 'certificates')[0] ?? null;
  const offered = tls['alpn'];
  return [
    {
      version: textOf(tls, 'version') || textOf(tls, 'clientVersion'),
      sni: textOf(tls, 'sni'),
      alpn: textOf(tls, 'alpnSelected') || (Array.isArray(offered) ? offered.join(',') : ''),
      cipher: typeof tls['cipher'] === 'number' ? cipherName(tls['cipher']) : '',
      ja3: textOf(tls, 'ja3'),
      ja4: textOf(tls, 'ja4'),
      subject: textOf(certificate, 'subject'),
      issuer: textOf(certificate, 'issuer'),
      notAfter: textOf(certificate, 'notAfter').slice(0, 10),
    },
  ];
}

/** Requests with the answer in the same place; interim answers (RFC 9110 §15.2) are none. */
function httpOf(requests: readonly JsonObject[], responses: readonly JsonObject[]): Transaction[] {
  const final = responses.filter(({ status }) => !(Number(status) >= 100 && Number(status) < 200));
  return Array.from({ length: Math.max(requests.length, final.length) }, (_, n) => {
    const request = requests[n] ?? null;
    const response = final[n] ?? null;
    return {
      time: textOf(request, 'time') || textOf(response, 'time'),
      method: textOf(request, 'method'),
      host: textOf(request, 'host'),
      target: textOf(request, 'target'),
      status: textOf(response, 'status'),
      type: textOf(response, 'contentType'),
      length: textOf(response, 'contentLength'),
      agent: textOf(request, 'userAgent'),
    };
  });
}

function flatDns(record: JsonObject): Transaction {
  const type = record['dnsRRType'] ?? record['dnsQRType'];
  const code = record['dnsResponseCode'] ?? record['dnsNXDomain'];
  return {
    id: textOf(record, 'dnsID'),
    name: textOf(record, 'dnsName') || textOf(record, 'dnsQName'),
    type: typeof type === 'number' ? dnsTypeName(type) : '',
    rcode: typeof code === 'number' ? responseCodeName(code) : '',
  };
}

function flatTls(record: JsonObject): Transaction {
  const cipher = record['sslServerCipher'];
  return {
    sni: textOf(record, 'sslServerName'),
    cipher: typeof cipher === 'number' ? cipherName(cipher) : '',
    ja3: textOf(record, 'sslClientJA3'),
    subject: textOf(record, 'sslCertSubName'),
    issuer: textOf(record, 'sslCertIssuerName'),
  };
}

function flatHttp(record: JsonObject): Transaction {
  return {
    method: textOf(record, 'httpRequestMethod'),
    host: textOf(record, 'httpRequestHost'),
    target: textOf(record, 'httpRequestTarget'),
    status: textOf(record, 'httpStatusCode'),
    type: textOf(record, 'httpContentType'),
    agent: textOf(record, 'httpUserAgent'),
  };
}

const DEPTH = 8;

/** The outermost objects that have one of `keys`: the record itself, or records within its lists. */
function holders(value: unknown, keys: readonly string[], depth = 0): JsonObject[] {
  if (depth > DEPTH) return [];
  if (Array.isArray(value)) return value.flatMap((each) => holders(each, keys, depth + 1));
  if (!isObject(value)) return [];
  if (keys.some((key) => textOf(value, key) !== '')) return [value];
  return Object.values(value).flatMap((each) => holders(each, keys, depth + 1));
}
