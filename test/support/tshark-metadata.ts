import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';

import type { TsharkRow } from './metadata-kinds.js';

/** Where a packet comes from and goes to: of a packet in a tunnel the innermost. */
const ENDS = ['ip.src', 'ipv6.src', 'ip.dst', 'ipv6.dst', 'tcp.srcport', 'tcp.dstport', 'udp.srcport', 'udp.dstport'];
const CERTIFICATE = 'tls.handshake.certificate';
const FIELDS = (
  'tls.handshake.type tls.handshake.extensions_server_name tls.handshake.extensions_alpn_str tls.handshake.ja3 tls.handshake.ja3s ' +
  'http.request.method http.request.uri http.host http.user_agent http.response.code http.server http.content_type http.referer http.location ' +
  'dns.id dns.flags.rcode dns.qry.name dns.qry.type dns.resp.name dns.resp.type dns.a dns.aaaa dns.cname dns.ns dns.ptr.domain_name ' +
  'dns.mx.mail_exchange dns.srv.target ssh.protocol dhcp.option.dhcp dhcp.option.request_list_item dhcp.option.hostname ' +
  'dhcp.option.vendor_class_id dhcp.hw.mac_addr imf.from imf.to imf.subject sip.Method sip.r-uri sip.Status-Code sip.Call-ID ' +
  'radius.User_Name snmp.community ftp.request.command kerberos.realm tftp.source_file'
).split(' ');

const FILTER =
  '(tls || http || dns || ssh || dhcp || imf || sip || radius || snmp || ftp || kerberos || tftp) && !icmp && !icmpv6';
/** Stands between the values of a field. */
const SEPARATOR = '\x1f';

/** What an own run of tshark reads in a capture, up to where it makes sense. */
export function tsharkRows(capture: string, file: string): TsharkRow[] {
  const words = ['-n', '-r', file, '-Y', FILTER, '-T', 'fields', '-E', 'separator=/t', '-E', `aggregator=${SEPARATOR}`];
  for (const field of [...ENDS, CERTIFICATE, ...FIELDS]) words.push('-e', field);
  const { stdout } = spawnSync('tshark', words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [rowOf(capture, line)]));
}

function rowOf(capture: string, line: string): TsharkRow {
  const cells = line.split('\t').map((cell) => (cell === '' ? [] : cell.split(SEPARATOR)));
  const [source4, source6, destination4, destination6, tcpFrom, tcpTo, udpFrom, udpTo, certificates, ...values] = cells;
  const isTcp = tcpFrom.length > 0;
  const sources = [...source4, ...source6];
  return {
    capture,
    proto: isTcp ? 6 : 17,
    src: sources.at(-1) ?? '',
    dst: [...destination4, ...destination6].at(-1) ?? '',
    sport: Number((isTcp ? tcpFrom : udpFrom).at(-1) ?? 0),
    dport: Number((isTcp ? tcpTo : udpTo).at(-1) ?? 0),
    tunnel: sources.length > 1 || (isTcp && udpFrom.length > 0),
    x509: certificates.map((hex) => ({ sha1: sha1(Buffer.from(hex.replaceAll(':', ''), 'hex')) })),
    ...Object.fromEntries(FIELDS.map((field, n) => [field, values[n] ?? []])),
  };
}

function sha1(octets: Buffer): string {
  return createHash('sha1').update(octets).digest('hex');
}
