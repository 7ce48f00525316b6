import type { Protocol } from '../protocol.js';
import { dhcp } from './dhcp.js';
import { dns } from './dns.js';
import { http } from './http.js';
import { http2 } from './http2.js';
import { ntp } from './ntp.js';
import { quic } from './quic.js';
import { smtp } from './smtp.js';
import { ssh } from './ssh.js';
import { tls } from './tls.js';
import { bfd } from './bfd.js';
import { bgp } from './bgp.js';
import { capwap } from './capwap.js';
import { dcerpc } from './dcerpc.js';
import { dhcpv6 } from './dhcpv6.js';
import { ftp } from './ftp.js';
import { ftpData } from './ftp-data.js';
import { git } from './git.js';
import { hsrp } from './hsrp.js';
import { imap } from './imap.js';
import { irc } from './irc.js';
import { kerberos } from './kerberos.js';
import { ldap } from './ldap.js';
import { ldp } from './ldp.js';
import { natPmp } from './nat-pmp.js';
import { netflow } from './netflow.js';
import { nfs } from './nfs.js';
import { nntp } from './nntp.js';
import { oncRpc } from './onc-rpc.js';
import { pcp } from './pcp.js';
import { pop3 } from './pop3.js';
import { radius } from './radius.js';
import { rdp } from './rdp.js';
import { rmcp } from './rmcp.js';
import { rsync } from './rsync.js';
import { sflow } from './sflow.js';
import { smb } from './smb.js';
import { snmp } from './snmp.js';
import { socks } from './socks.js';
import { syslog } from './syslog.js';
import { tacacs } from './tacacs.js';
import { telnet } from './telnet.js';
import { tftp } from './tftp.js';
import { vnc } from './vnc.js';
import { x11 } from './x11.js';
import { xmpp } from './xmpp.js';
import { websocket } from './websocket.js';

/**
 * All protocols, in the order in which they are asked when the ports say nothing: those with strong signatures and those
 * that are common first. A new protocol is one file and one line here.
 */
export const PROTOCOLS: readonly Protocol[] = [
  tls,
  http,
  http2,
  websocket,
  ssh,
  quic,
  dns,
  smtp,
  dhcp,
  ntp,
  smb,
  rdp,
  ftp,
  pop3,
  imap,
  irc,
  xmpp,
  nntp,
  vnc,
  rsync,
  git,
  bgp,
  x11,
  kerberos,
  ldap,
  snmp,
  radius,
  dcerpc,
  telnet,
  syslog,
  tftp,
  nfs,
  oncRpc,
  socks,
  tacacs,
  dhcpv6,
  rmcp,
  netflow,
  sflow,
  ldp,
  bfd,
  hsrp,
  capwap,
  natPmp,
  pcp,
  ftpData,
];
