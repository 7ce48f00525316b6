import type { InspectedFlow } from './inspect.js';

/** Kinds of metadata that tshark and weir both have, and how to find their values. */

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

export interface Kind {
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

/** In order, as text. */
function inProtocol(owners: readonly string[], ...path: readonly string[]): Kind['weir'] {
  return (flow) => {
    const lists = path.slice(0, -1).reduce<Objects>((list, name) => each(list, name), objects(flow, owners));
    return all(lists, path[path.length - 1]);
  };
}

/** The address within angle brackets, or in front of parameters. */
function sipAddress(name: string): Kind['weir'] {
  return (flow) =>
    inProtocol(['sip'], 'messages', name)(flow).map((text) => /<([^>]*)>/.exec(String(text))?.[1] ?? String(text));
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
  'http content type': {
    tshark: field('http.content_type'),
    weir: (flow) => [...inHttp('requests', 'contentType')(flow), ...inHttp('responses', 'contentType')(flow)],
  },
  'http referer': { tshark: field('http.referer'), weir: inHttp('requests', 'referer') },
  'http location': {
    tshark: field('http.location'),
    weir: (flow) => [...inHttp('responses', 'location')(flow), ...inProtocol(['ssdp'], 'messages', 'location')(flow)],
  },
  'dns id': {
    tshark: listOf(field('dns.id'), (text) => String(Number(text))),
    weir: inProtocol(DNS, 'messages', 'id'),
  },
  'dns rcode': { tshark: field('dns.flags.rcode'), weir: inProtocol(DNS, 'messages', 'rcode') },
  // tshark ends a text at its first NUL.
  'dns text': {
    tshark: field('dns.txt'),
    weir: (flow) => inDns(RECORDS, 'text')(flow).map((text) => String(text).split('\0')[0]),
  },
  'quic version': {
    // 0 stands in a server's list of versions.
    tshark: (row) => listOf(field('quic.version'), (text) => String(Number(text)))(row).filter((text) => text !== '0'),
    weir: inProtocol(['quic'], 'quicVersion'),
  },
  'sip method': { tshark: field('sip.Method'), weir: inProtocol(['sip'], 'messages', 'method') },
  'sip uri': { tshark: field('sip.r-uri'), weir: inProtocol(['sip'], 'messages', 'uri') },
  'sip status': { tshark: field('sip.Status-Code'), weir: inProtocol(['sip'], 'messages', 'status') },
  'sip from': { tshark: field('sip.from.addr'), weir: sipAddress('from') },
  'sip to': { tshark: field('sip.to.addr'), weir: sipAddress('to') },
  'sip call': { tshark: field('sip.Call-ID'), weir: inProtocol(['sip'], 'messages', 'callId') },
  'sip user agent': { tshark: field('sip.User-Agent'), weir: inProtocol(['sip'], 'messages', 'userAgent') },
  'sip server': { tshark: field('sip.Server'), weir: inProtocol(['sip'], 'messages', 'server') },
  'rtsp url': { tshark: field('rtsp.url'), weir: inProtocol(['rtsp'], 'requests', 'url') },
  'rtsp method': { tshark: field('rtsp.method'), weir: inProtocol(['rtsp'], 'requests', 'method') },
  'radius user': { tshark: field('radius.User_Name'), weir: inProtocol(['radius'], 'messages', 'user') },
  'snmp community': { tshark: field('snmp.community'), weir: inProtocol(['snmp'], 'community') },
  'ftp command': { tshark: field('ftp.request.command'), weir: inProtocol(['ftp'], 'commands') },
  'pop3 command': {
    // Lines of an authentication are commands to tshark.
    tshark: (row) => field('pop.request.command')(row).flatMap((text) => (text.length > 4 ? [] : text.toUpperCase())),
    weir: (flow) => inProtocol(['pop3'], 'commands')(flow).map((text) => String(text).toUpperCase()),
  },
  'imap command': {
    tshark: field('imap.request.command'),
    weir: (flow) => inProtocol(['imap'], 'commands')(flow).flatMap((text) => String(text).split(' ')),
  },
  'kerberos realm': { tshark: field('kerberos.realm'), weir: inProtocol(['kerberos'], 'realm') },
  'kerberos client': {
    tshark: (row) => {
      const parts = field('kerberos.CNameString')(row);
      return parts.length === 0 ? [] : [parts.join('/')];
    },
    weir: inProtocol(['kerberos'], 'client'),
  },
  'netbios name': {
    tshark: (row) => field('nbns.name')(row).flatMap((text) => /^([^<]+)<[0-9a-f]{2}>$/.exec(text)?.[1] ?? []),
    weir: inProtocol(['netbios-ns'], 'messages', 'name'),
  },
  'dnp3 function': { tshark: field('dnp3.al.func'), weir: inProtocol(['dnp3'], 'functions') },
  'mysql user': { tshark: field('mysql.user'), weir: inProtocol(['mysql'], 'username') },
  'mysql version': { tshark: field('mysql.version'), weir: inProtocol(['mysql'], 'serverVersion') },
  'rdp cookie': {
    tshark: listOf(field('rdp.rt_cookie'), (text) => text.replace('Cookie: mstshash=', '')),
    weir: inProtocol(['rdp'], 'cookie'),
  },
  'tftp file': { tshark: field('tftp.source_file'), weir: inProtocol(['tftp'], 'filename') },
  'ntp stratum': {
    tshark: field('ntp.stratum'),
    weir: (flow) => [...inProtocol(['ntp'], 'stratum')(flow), ...inProtocol(['ntp'], 'clientStratum')(flow)],
  },
};

function inMail(name: string): Kind['weir'] {
  return (flow) => all(objects(flow, ['smtp', 'imap', 'pop3']), name);
}
