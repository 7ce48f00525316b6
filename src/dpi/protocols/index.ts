import type { Protocol } from '../protocol.js';
import { afp } from './afp.js';
import { ajp } from './ajp.js';
import { aliCloud } from './alicloud.js';
import { amongUs } from './among_us.js';
import { amqp } from './amqp.js';
import { ansiC1222 } from './ansi_c1222.js';
import { atg } from './atg.js';
import { bacnet } from './bacnet.js';
import { beckhoffAds } from './beckhoffads.js';
import { bfcp } from './bfcp.js';
import { bfd } from './bfd.js';
import { bgp } from './bgp.js';
import { bitcoin } from './bitcoin.js';
import { bittorrent } from './bittorrent.js';
import { bjnp } from './bjnp.js';
import { can } from './can.js';
import { capwap } from './capwap.js';
import { cassandra } from './cassandra.js';
import { ceph } from './ceph.js';
import { checkmk } from './checkmk.js';
import { cip } from './cip.js';
import { ciscoskinny } from './ciscoskinny.js';
import { citrix } from './citrix.js';
import { cnpIp } from './cnp-ip.js';
import { coap } from './coap.js';
import { collectd } from './collectd.js';
import { corba } from './corba.js';
import { cpha } from './cpha.js';
import { dcerpc } from './dcerpc.js';
import { dhcp } from './dhcp.js';
import { dhcpv6 } from './dhcpv6.js';
import { diameter } from './diameter.js';
import { discord } from './discord.js';
import { dlep } from './dlep.js';
import { dnp3 } from './dnp3.js';
import { dns } from './dns.js';
import { dnscrypt } from './dnscrypt.js';
import { doq } from './doq.js';
import { dot } from './dot.js';
import { drda } from './drda.js';
import { dropbox } from './dropbox.js';
import { dtls } from './dtls.js';
import { edonkey } from './edonkey.js';
import { elasticsearch } from './elasticsearch.js';
import { enip } from './enip.js';
import { esp } from './esp.js';
import { etherSBus } from './ether-s-bus.js';
import { ethereum } from './ethereum.js';
import { ethernetGlobalData } from './ethernetglobaldata.js';
import { ethersio } from './ethersio.js';
import { fastcgi } from './fastcgi.js';
import { fins } from './fins.js';
import { fix } from './fix.js';
import { flute } from './flute.js';
import { ftpData } from './ftp-data.js';
import { ftp } from './ftp.js';
import { gearman } from './gearman.js';
import { geneve } from './geneve.js';
import { genshinImpact } from './genshinimpact.js';
import { git } from './git.js';
import { gnutella } from './gnutella.js';
import { grpc } from './grpc.js';
import { gtp } from './gtp.js';
import { h323 } from './h323.js';
import { haproxy } from './haproxy.js';
import { hartIp } from './hart-ip.js';
import { hislip } from './hislip.js';
import { hl7 } from './hl7.js';
import { hsrp } from './hsrp.js';
import { http } from './http.js';
import { http2 } from './http2.js';
import { iax } from './iax.js';
import { iec104 } from './iec104.js';
import { iec62056 } from './iec62056.js';
import { ieeeC37118 } from './ieee-c37118.js';
import { ike } from './ike.js';
import { imap } from './imap.js';
import { irc } from './irc.js';
import { iscsi } from './iscsi.js';
import { mms } from './iso9506-1-mms.js';
import { jrmi } from './jrmi.js';
import { jsonRpc } from './json-rpc.js';
import { kafka } from './kafka.js';
import { kcp } from './kcp.js';
import { kerberos } from './kerberos.js';
import { kismet } from './kismet.js';
import { knxnetIp } from './knxnet_ip.js';
import { l2tp } from './l2tp.js';
import { ldap } from './ldap.js';
import { ldp } from './ldp.js';
import { lisp } from './lisp.js';
import { llmnr } from './llmnr.js';
import { lotusNotes } from './lotusnotes.js';
import { lustre } from './lustre.js';
import { mdns } from './mdns.js';
import { megaco } from './megaco.js';
import { memcached } from './memcached.js';
import { merakiCloud } from './merakicloud.js';
import { mgcp } from './mgcp.js';
import { minecraft } from './minecraft.js';
import { mining } from './mining.js';
import { modbus } from './modbus.js';
import { monero } from './monero.js';
import { mongodb } from './mongodb.js';
import { mpegTs } from './mpeg_ts.js';
import { mqtt } from './mqtt.js';
import { mumble } from './mumble.js';
import { munin } from './munin.js';
import { mysql } from './mysql.js';
import { nano } from './nano.js';
import { natPmp } from './nat-pmp.js';
import { nats } from './nats.js';
import { nestLogSink } from './nestlogsink.js';
import { netbiosDgm } from './netbios-dgm.js';
import { netbiosNs } from './netbios-ns.js';
import { netflow } from './netflow.js';
import { nfs } from './nfs.js';
import { nintendo } from './nintendo.js';
import { nntp } from './nntp.js';
import { noMachine } from './nomachine.js';
import { ntp } from './ntp.js';
import { oicq } from './oicq.js';
import { oncRpc } from './onc-rpc.js';
import { ookla } from './ookla.js';
import { opcUa } from './opc-ua.js';
import { openflow } from './openflow.js';
import { openvpn } from './openvpn.js';
import { openwire } from './openwire.js';
import { oracle } from './oracle.js';
import { pcp } from './pcp.js';
import { pfcp } from './pfcp.js';
import { pop3 } from './pop3.js';
import { postgresql } from './postgresql.js';
import { pptp } from './pptp.js';
import { profinetIo } from './profinet_io.js';
import { ptpv2 } from './ptpv2.js';
import { quic } from './quic.js';
import { radius } from './radius.js';
import { radmin } from './radmin.js';
import { raft } from './raft.js';
import { raknet } from './raknet.js';
import { ras } from './ras.js';
import { rdp } from './rdp.js';
import { redis } from './redis.js';
import { rmcp } from './rmcp.js';
import { roughtime } from './roughtime.js';
import { rsh } from './rsh.js';
import { rsync } from './rsync.js';
import { rtcp } from './rtcp.js';
import { rtmp } from './rtmp.js';
import { rtp } from './rtp.js';
import { rtps } from './rtps.js';
import { rtsp } from './rtsp.js';
import { rx } from './rx.js';
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
import { steamDatagramRelay } from './steamdatagramrelay.js';
import { stomp } from './stomp.js';
import { stun } from './stun.js';
import { syncthing } from './syncthing.js';
import { syslog } from './syslog.js';
import { tacacs } from './tacacs.js';
import { tailscale } from './tailscale.js';
import { tds } from './tds.js';
import { teams } from './teams.js';
import { teamspeak } from './teamspeak.js';
import { teamviewer } from './teamviewer.js';
import { telegram } from './telegram.js';
import { telnet } from './telnet.js';
import { tencentGames } from './tencentgames.js';
import { teredo } from './teredo.js';
import { tftp } from './tftp.js';
import { thrift } from './thrift.js';
import { tinc } from './tinc.js';
import { tivoConnect } from './tivoconnect.js';
import { tls } from './tls.js';
import { tocaBoca } from './tocaboca.js';
import { tplinkShp } from './tplink_shp.js';
import { trdp } from './trdp.js';
import { tuyalp } from './tuyalp.js';
import { ubntac2 } from './ubntac2.js';
import { uftp } from './uftp.js';
import { vmware } from './vmware.js';
import { vnc } from './vnc.js';
import { vxlan } from './vxlan.js';
import { websocket } from './websocket.js';
import { whatsapp } from './whatsapp.js';
import { whois } from './whois.js';
import { wireguard } from './wireguard.js';
import { worldOfWarcraft } from './worldofwarcraft.js';
import { wsd } from './wsd.js';
import { x11 } from './x11.js';
import { xdmcp } from './xdmcp.js';
import { xiaomi } from './xiaomi.js';
import { xmpp } from './xmpp.js';
import { yojimbo } from './yojimbo.js';
import { z3950 } from './z3950.js';
import { zabbix } from './zabbix.js';
import { zeromq } from './zeromq.js';
import { zoom } from './zoom.js';
import { zug } from './zug.js';

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
  fins,
  hislip,
  trdp,
  can,
  ethersio,
  iec62056,
  ansiC1222,
  ieeeC37118,
  hartIp,
  ethernetGlobalData,
  etherSBus,
  beckhoffAds,
  cnpIp,
  rtps,
  ptpv2,
  mms,
  flute,
  lisp,
  corba,
  collectd,
  ceph,
  checkmk,
  dlep,
  drda,
  gearman,
  mumble,
  roughtime,
  raft,
  kismet,
  ookla,
  yojimbo,
  afp,
  atg,
  bjnp,
  citrix,
  diameter,
  haproxy,
  jrmi,
  jsonRpc,
  lotusNotes,
  lustre,
  munin,
  nano,
  noMachine,
  openflow,
  openwire,
  radmin,
  rsh,
  stomp,
  syncthing,
  tplinkShp,
  teamspeak,
  thrift,
  tivoConnect,
  ubntac2,
  uftp,
  whois,
  worldOfWarcraft,
  xdmcp,
  z3950,
  iscsi,
  cpha,
  merakiCloud,
  amongUs,
  rx,
  nintendo,
  xiaomi,
  tencentGames,
  aliCloud,
  tocaBoca,
  nestLogSink,
  zug,
  steamDatagramRelay,
  coap,
  modbus,
];
