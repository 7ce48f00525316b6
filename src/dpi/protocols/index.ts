import type { Protocol } from '../protocol.js';
import { ajp } from './ajp.js';
import { amqp } from './amqp.js';
import { bacnet } from './bacnet.js';
import { bfcp } from './bfcp.js';
import { bfd } from './bfd.js';
import { bgp } from './bgp.js';
import { bitcoin } from './bitcoin.js';
import { bittorrent } from './bittorrent.js';
import { capwap } from './capwap.js';
import { cassandra } from './cassandra.js';
import { cip } from './cip.js';
import { ciscoskinny } from './ciscoskinny.js';
import { coap } from './coap.js';
import { dcerpc } from './dcerpc.js';
import { dhcp } from './dhcp.js';
import { dhcpv6 } from './dhcpv6.js';
import { discord } from './discord.js';
import { dnp3 } from './dnp3.js';
import { dns } from './dns.js';
import { dnscrypt } from './dnscrypt.js';
import { doq } from './doq.js';
import { dot } from './dot.js';
import { dropbox } from './dropbox.js';
import { dtls } from './dtls.js';
import { edonkey } from './edonkey.js';
import { elasticsearch } from './elasticsearch.js';
import { enip } from './enip.js';
import { esp } from './esp.js';
import { ethereum } from './ethereum.js';
import { fastcgi } from './fastcgi.js';
import { fix } from './fix.js';
import { ftpData } from './ftp-data.js';
import { ftp } from './ftp.js';
import { geneve } from './geneve.js';
import { genshinImpact } from './genshinimpact.js';
import { git } from './git.js';
import { gnutella } from './gnutella.js';
import { grpc } from './grpc.js';
import { gtp } from './gtp.js';
import { h323 } from './h323.js';
import { hl7 } from './hl7.js';
import { hsrp } from './hsrp.js';
import { http } from './http.js';
import { http2 } from './http2.js';
import { iax } from './iax.js';
import { iec104 } from './iec104.js';
import { ike } from './ike.js';
import { imap } from './imap.js';
import { irc } from './irc.js';
import { kafka } from './kafka.js';
import { kcp } from './kcp.js';
import { kerberos } from './kerberos.js';
import { knxnetIp } from './knxnet_ip.js';
import { l2tp } from './l2tp.js';
import { ldap } from './ldap.js';
import { ldp } from './ldp.js';
import { PLANTS } from './list-plants.js';
import { SERVICES } from './list-services.js';
import { llmnr } from './llmnr.js';
import { mdns } from './mdns.js';
import { megaco } from './megaco.js';
import { memcached } from './memcached.js';
import { mgcp } from './mgcp.js';
import { minecraft } from './minecraft.js';
import { mining } from './mining.js';
import { modbus } from './modbus.js';
import { monero } from './monero.js';
import { mongodb } from './mongodb.js';
import { mpegTs } from './mpeg_ts.js';
import { mqtt } from './mqtt.js';
import { mysql } from './mysql.js';
import { natPmp } from './nat-pmp.js';
import { nats } from './nats.js';
import { netbiosDgm } from './netbios-dgm.js';
import { netbiosNs } from './netbios-ns.js';
import { netflow } from './netflow.js';
import { nfs } from './nfs.js';
import { nntp } from './nntp.js';
import { ntp } from './ntp.js';
import { oicq } from './oicq.js';
import { oncRpc } from './onc-rpc.js';
import { opcUa } from './opc-ua.js';
import { openvpn } from './openvpn.js';
import { oracle } from './oracle.js';
import { pcp } from './pcp.js';
import { pfcp } from './pfcp.js';
import { pop3 } from './pop3.js';
import { postgresql } from './postgresql.js';
import { pptp } from './pptp.js';
import { profinetIo } from './profinet_io.js';
import { quic } from './quic.js';
import { radius } from './radius.js';
import { raknet } from './raknet.js';
import { ras } from './ras.js';
import { rdp } from './rdp.js';
import { redis } from './redis.js';
import { rmcp } from './rmcp.js';
import { rsync } from './rsync.js';
import { rtcp } from './rtcp.js';
import { rtmp } from './rtmp.js';
import { rtp } from './rtp.js';
import { rtsp } from './rtsp.js';
import { s7commPlus } from './s7comm-plus.js';
import { s7comm } from './s7comm.js';
import { sflow } from './sflow.js';
import { sip } from './sip.js';
import { slp } from './slp.js';
import { smb } from './smb.js';
import { smpp } from './smpp.js';
import { smtp } from './smtp.js';
import { snmp } from './snmp.js';
import { socks } from './socks.js';
import { softether } from './softether.js';
import { someip } from './someip.js';
import { sourceEngine } from './source_engine.js';
import { spotify } from './spotify.js';
import { ssdp } from './ssdp.js';
import { ssh } from './ssh.js';
import { steam } from './steam.js';
import { stun } from './stun.js';
import { syslog } from './syslog.js';
import { tacacs } from './tacacs.js';
import { tailscale } from './tailscale.js';
import { tds } from './tds.js';
import { teams } from './teams.js';
import { teamviewer } from './teamviewer.js';
import { telegram } from './telegram.js';
import { telnet } from './telnet.js';
import { teredo } from './teredo.js';
import { tftp } from './tftp.js';
import { tinc } from './tinc.js';
import { tls } from './tls.js';
import { tuyalp } from './tuyalp.js';
import { vmware } from './vmware.js';
import { vnc } from './vnc.js';
import { vxlan } from './vxlan.js';
import { websocket } from './websocket.js';
import { whatsapp } from './whatsapp.js';
import { wireguard } from './wireguard.js';
import { wsd } from './wsd.js';
import { x11 } from './x11.js';
import { xmpp } from './xmpp.js';
import { zabbix } from './zabbix.js';
import { zeromq } from './zeromq.js';
import { zoom } from './zoom.js';

/**
 * All protocols, in the order in which they are asked when the ports say nothing: those with strong signatures and those
 * that are common first. A new protocol is one file and one line here, or in the list that it belongs to.
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
  vmware,
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
  genshinImpact,
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
  profinetIo,
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
  grpc,
  gnutella,
  bittorrent,
  mysql,
  postgresql,
  redis,
  mongodb,
  tds,
  mqtt,
  amqp,
  kafka,
  zabbix,
  cassandra,
  nats,
  zeromq,
  elasticsearch,
  opcUa,
  dnp3,
  s7comm,
  s7commPlus,
  iec104,
  bacnet,
  bitcoin,
  fix,
  hl7,
  ajp,
  fastcgi,
  mining,
  monero,
  sourceEngine,
  steam,
  raknet,
  dropbox,
  spotify,
  tuyalp,
  knxnetIp,
  oracle,
  memcached,
  minecraft,
  edonkey,
  smpp,
  enip,
  cip,
  ethereum,
  someip,
  teamviewer,
  oicq,
  rtmp,
  mpegTs,
  ...PLANTS,
  ...SERVICES,
  coap,
  modbus,
];
