import fs from 'node:fs';

import type { InspectedFlow } from './inspect.js';

/** Values of metadata of one kind in one conversation, as text, for comparison with those of tshark. */
export type Values = Map<string, Set<string>>;

/** One packet as tshark reads it: fields with lists of text. */
export interface TsharkRow extends Readonly<Record<string, unknown>> {
  readonly capture: string;
  readonly proto: number;
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
  readonly dport: number;
  readonly tunnel?: boolean;
}

type Objects = readonly Readonly<Record<string, unknown>>[];

interface Kind {
  /** Its values in a packet. */
  readonly tshark: (row: TsharkRow) => readonly string[];
  /** Its values in a flow. */
  readonly weir: (flow: InspectedFlow) => readonly unknown[];
}

const TLS = ['tls', 'dtls', 'quic', 'openvpn'];
const DNS = ['dns', 'mdns', 'llmnr', 'dnscrypt'];

function field(name: string): Kind['tshark'] {
  return (row) => (row[name] ?? []) as string[];
}

/** The field in packets that have `other` with one of those values. */
function fieldWith(name: string, other: string, values: readonly string[]): Kind['tshark'] {
  return (row) => (((row[other] ?? []) as string[]).some((each) => values.includes(each)) ? field(name)(row) : []);
}

/** The objects of these protocols in a flow. */
function objects(flow: InspectedFlow, owners: readonly string[]): Objects {
  return owners.flatMap((owner) => (flow[owner] === undefined ? [] : [flow[owner] as Objects[number]]));
}

function each(list: Objects, name: string): Objects {
  return list.flatMap((object) => (object[name] ?? []) as Objects);
}

function all(list: Objects, name: string): unknown[] {
  return list.flatMap((object) => (object[name] === undefined ? [] : object[name]));
}

function inTls(name: string): Kind['weir'] {
  return (flow) => all(objects(flow, TLS), name);
}

/** SSDP is HTTP to tshark. */
function inHttp(list: string, name: string, nameInSsdp = name): Kind['weir'] {
  return (flow) => [
    ...all(each(objects(flow, ['http']), list), name),
    ...all(each(objects(flow, ['ssdp']), 'messages'), nameInSsdp),
  ];
}

function inDns(lists: readonly string[], name: string): Kind['weir'] {
  return (flow) => {
    const messages = each(objects(flow, DNS), 'messages');
    return lists.flatMap((list) => all(each(messages, list), name));
  };
}

function inDhcp(name: string): Kind['weir'] {
  return (flow) => all(each(objects(flow, ['dhcp']), 'messages'), name);
}

const RECORDS = ['answers', 'authorities', 'additionals'];

/** Names as weir writes them: a dot for the root, dots and backslashes in labels with a backslash. */
function domainNames(names: readonly string[]): string[] {
  return names.filter((name) => !UNREADABLE.includes(name)).map((name) => (name === '<Root>' ? '.' : name));
}

/**
 * Text that both write in the same way: octets that are no UTF-8 are `\xHH` here and U+FFFD there, control characters
 * `\ddd` there, and dots in labels have a backslash here.
 */
function plainText(text: string): string {
  return (
    text
      .replaceAll(/\\x[0-9a-f]{2}/g, '\ufffd')
      .replaceAll(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number(digits)))
      .replaceAll('\\r', '\r')
      .replaceAll('\\n', '\n')
      .replaceAll('\\t', '\t')
      // A field of a mail's header goes on behind a line's end.
      .replaceAll(/\r?\n[\t ]/g, ' ')
      .replaceAll('\\', '')
      .replaceAll(/\ufffd+/g, '\ufffd')
  );
}

/** What tshark says where it could not read a name. */
const UNREADABLE = ['<Unknown extended label>', '<Name too long>'];

/** What weir takes for no record: padding, and EDNS, which belongs to the header. */
const NO_RECORDS = ['0', '41'];

function recordNames(row: TsharkRow): string[] {
  const names = domainNames(field('dns.resp.name')(row));
  return field('dns.resp.type')(row).some((type) => NO_RECORDS.includes(type))
    ? names.filter((name) => name !== '.')
    : names;
}

function listOf(kind: Kind['tshark'], change: (text: string) => string): Kind['tshark'] {
  return (row) => kind(row).map(change);
}

export const KINDS: Readonly<Record<string, Kind>> = {
  sni: { tshark: field('tls.handshake.extensions_server_name'), weir: inTls('sni') },
  alpn: { tshark: fieldWith('tls.handshake.extensions_alpn_str', 'tls.handshake.type', ['1']), weir: inTls('alpn') },
  ja3: { tshark: field('tls.handshake.ja3'), weir: inTls('ja3') },
  ja3s: { tshark: field('tls.handshake.ja3s'), weir: inTls('ja3s') },
  certificate: {
    tshark: (row) => ((row['x509'] ?? []) as { sha1: string }[]).map(({ sha1 }) => sha1),
    weir: (flow) => all(each(objects(flow, TLS), 'certificates'), 'sha1'),
  },
  'http method': { tshark: field('http.request.method'), weir: inHttp('requests', 'method') },
  'http target': { tshark: field('http.request.uri'), weir: inHttp('requests', 'target', 'uri') },
  'http host': { tshark: field('http.host'), weir: inHttp('requests', 'host') },
  'http user agent': { tshark: field('http.user_agent'), weir: inHttp('requests', 'userAgent') },
  'http status': { tshark: field('http.response.code'), weir: inHttp('responses', 'status') },
  'http server': { tshark: field('http.server'), weir: inHttp('responses', 'server') },
  'dns question': {
    tshark: (row) => domainNames(field('dns.qry.name')(row)),
    weir: inDns(['questions'], 'name'),
  },
  'dns question type': { tshark: field('dns.qry.type'), weir: inDns(['questions'], 'type') },
  'dns record': { tshark: recordNames, weir: inDns(RECORDS, 'name') },
  'dns record type': {
    tshark: (row) => field('dns.resp.type')(row).filter((type) => !NO_RECORDS.includes(type)),
    weir: inDns(RECORDS, 'type'),
  },
  'dns a': { tshark: field('dns.a'), weir: inDns(RECORDS, 'a') },
  'dns aaaa': { tshark: field('dns.aaaa'), weir: inDns(RECORDS, 'aaaa') },
  'dns target': {
    tshark: (row) =>
      ['dns.cname', 'dns.ns', 'dns.ptr.domain_name', 'dns.mx.mail_exchange', 'dns.srv.target'].flatMap((name) =>
        domainNames(field(name)(row)),
      ),
    weir: inDns(RECORDS, 'target'),
  },
  'ssh version': {
    tshark: field('ssh.protocol'),
    weir: (flow) => {
      const list = objects(flow, ['ssh']);
      return [...all(list, 'clientVersion'), ...all(list, 'serverVersion')];
    },
  },
  'dhcp type': { tshark: field('dhcp.option.dhcp'), weir: inDhcp('type') },
  'dhcp parameter list': {
    tshark: (row) => {
      const list = field('dhcp.option.request_list_item')(row);
      return list.length === 0 ? [] : [Buffer.from(list.map(Number)).toString('hex')];
    },
    weir: inDhcp('parameterList'),
  },
  'dhcp host name': { tshark: field('dhcp.option.hostname'), weir: inDhcp('hostName') },
  'dhcp vendor class': { tshark: field('dhcp.option.vendor_class_id'), weir: inDhcp('vendorClass') },
  'dhcp hardware address': {
    tshark: listOf(field('dhcp.hw.mac_addr'), (text) => text.replaceAll(':', '')),
    weir: inDhcp('hardwareAddress'),
  },
  'mail from': { tshark: field('imf.from'), weir: inMail('headerFrom') },
  'mail to': { tshark: field('imf.to'), weir: inMail('headerTo') },
  'mail subject': { tshark: field('imf.subject'), weir: inMail('subject') },
};

function inMail(name: string): Kind['weir'] {
  return (flow) => all(objects(flow, ['smtp', 'imap', 'pop3']), name);
}

/** tshark's values of all packets, by conversation and kind. */
export function tsharkValues(file: string): Values {
  const values: Values = new Map();
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const row = JSON.parse(line) as TsharkRow;
    // Of a packet in a tunnel tshark's addresses are the outer ones: its ports must do.
    const isInner = row.tunnel === true;
    const ends = conversation(row.proto, [isInner ? '' : row.src, row.sport], [isInner ? '' : row.dst, row.dport]);
    for (const [kind, { tshark }] of Object.entries(KINDS)) note(values, `${ends} ${kind}`, tshark(row));
  }
  return values;
}

/** weir's values of all flows, by conversation and kind. */
export function weirValues(flows: readonly InspectedFlow[]): Values {
  const values: Values = new Map();
  for (const flow of flows) {
    const end = (which: string): End => [
      String(flow[`${which}IPv4Address`] ?? flow[`${which}IPv6Address`]),
      Number(flow[`${which}TransportPort`]),
    ];
    const protocol = Number(flow['protocolIdentifier']);
    const [source, destination] = [end('source'), end('destination')];
    const ends = conversation(protocol, source, destination);
    const ports = conversation(protocol, ['', source[1]], ['', destination[1]]);
    for (const [kind, { weir }] of Object.entries(KINDS)) {
      const list = weir(flow).map(String);
      note(values, `${ends} ${kind}`, list);
      note(values, `${ports} ${kind}`, list);
    }
  }
  return values;
}

type End = readonly [address: string, port: number];

function conversation(protocol: number, one: End, other: End): string {
  return `${protocol} ${[one.join(' '), other.join(' ')].sort().join(' - ')}:`;
}

function note(values: Values, key: string, list: readonly string[]): void {
  if (list.length === 0) return;
  let set = values.get(key);
  if (set === undefined) values.set(key, (set = new Set()));
  for (const value of list) set.add(plainText(value));
}
