import type { Protocol } from '../protocol.js';
import { bfcp } from './bfcp.js';
import { bfd } from './bfd.js';
import { bgp } from './bgp.js';
import { capwap } from './capwap.js';
import { ciscoskinny } from './ciscoskinny.js';
import { dcerpc } from './dcerpc.js';
import { dhcp } from './dhcp.js';
import { dhcpv6 } from './dhcpv6.js';
import { discord } from './discord.js';
import { dns } from './dns.js';
import { dnscrypt } from './dnscrypt.js';
import { doq } from './doq.js';
import { dot } from './dot.js';
import { dtls } from './dtls.js';
import { esp } from './esp.js';
import { ftpData } from './ftp-data.js';
import { ftp } from './ftp.js';
import { geneve } from './geneve.js';
import { git } from './git.js';
import { gtp } from './gtp.js';
import { h323 } from './h323.js';
import { hsrp } from './hsrp.js';
import { http } from './http.js';
import { http2 } from './http2.js';
import { iax } from './iax.js';
import { ike } from './ike.js';
import { imap } from './imap.js';
import { irc } from './irc.js';
import { kcp } from './kcp.js';
import { kerberos } from './kerberos.js';
import { l2tp } from './l2tp.js';
import { ldap } from './ldap.js';
import { ldp } from './ldp.js';
import { llmnr } from './llmnr.js';
import { mdns } from './mdns.js';
import { megaco } from './megaco.js';
import { mgcp } from './mgcp.js';
import { natPmp } from './nat-pmp.js';
import { netbiosDgm } from './netbios-dgm.js';
import { netbiosNs } from './netbios-ns.js';
import { netflow } from './netflow.js';
import { nfs } from './nfs.js';
import { nntp } from './nntp.js';
import { ntp } from './ntp.js';
import { oncRpc } from './onc-rpc.js';
import { openvpn } from './openvpn.js';
import { pcp } from './pcp.js';
import { pfcp } from './pfcp.js';
import { pop3 } from './pop3.js';
import { pptp } from './pptp.js';
import { quic } from './quic.js';
import { radius } from './radius.js';
import { ras } from './ras.js';
import { rdp } from './rdp.js';
import { rmcp } from './rmcp.js';
import { rsync } from './rsync.js';
import { rtcp } from './rtcp.js';
import { rtp } from './rtp.js';
import { rtsp } from './rtsp.js';
import { sflow } from './sflow.js';
import { sip } from './sip.js';
import { slp } from './slp.js';
import { smb } from './smb.js';
import { smtp } from './smtp.js';
import { snmp } from './snmp.js';
import { socks } from './socks.js';
import { softether } from './softether.js';
import { ssdp } from './ssdp.js';
import { ssh } from './ssh.js';
import { stun } from './stun.js';
import { syslog } from './syslog.js';
import { tacacs } from './tacacs.js';
import { tailscale } from './tailscale.js';
import { teams } from './teams.js';
import { telegram } from './telegram.js';
import { telnet } from './telnet.js';
import { teredo } from './teredo.js';
import { tftp } from './tftp.js';
import { tinc } from './tinc.js';
import { tls } from './tls.js';
import { vnc } from './vnc.js';
import { vxlan } from './vxlan.js';
import { websocket } from './websocket.js';
import { whatsapp } from './whatsapp.js';
import { wireguard } from './wireguard.js';
import { wsd } from './wsd.js';
import { x11 } from './x11.js';
import { xmpp } from './xmpp.js';
import { zoom } from './zoom.js';

/**
 * All protocols, in the order in which they are asked when the ports say nothing: those with strong signatures and those
 * that are common first. A new protocol is one file and one line here.
 */
export const PROTOCOLS: readonly Protocol[] = [
  tls,
  http,
  http2,
  websocket,
  dot,
  doq,
  ssh,
  quic,
  sip,
  rtsp,
  whatsapp,
  pptp,
  h323,
  ciscoskinny,
  dnscrypt,
  mdns,
  llmnr,
  netbiosNs,
  netbiosDgm,
  dns,
  ssdp,
  stun,
  teams,
  dtls,
  discord,
  tailscale,
  wireguard,
  ike,
  esp,
  openvpn,
  slp,
  smtp,
  dhcp,
  ntp,
  softether,
  wsd,
  mgcp,
  megaco,
  telegram,
  l2tp,
  pfcp,
  gtp,
  teredo,
  ras,
  zoom,
  vxlan,
  geneve,
  rtcp,
  rtp,
  bfcp,
  iax,
  kcp,
  tinc,
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
