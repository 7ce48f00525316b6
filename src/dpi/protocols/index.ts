import type { Protocol } from '../protocol.js';
import { ajp } from './ajp.js';
import { amqp } from './amqp.js';
import { bacnet } from './bacnet.js';
import { bitcoin } from './bitcoin.js';
import { bittorrent } from './bittorrent.js';
import { cassandra } from './cassandra.js';
import { cip } from './cip.js';
import { coap } from './coap.js';
import { dhcp } from './dhcp.js';
import { dnp3 } from './dnp3.js';
import { dns } from './dns.js';
import { dropbox } from './dropbox.js';
import { edonkey } from './edonkey.js';
import { elasticsearch } from './elasticsearch.js';
import { enip } from './enip.js';
import { ethereum } from './ethereum.js';
import { fastcgi } from './fastcgi.js';
import { fix } from './fix.js';
import { gnutella } from './gnutella.js';
import { grpc } from './grpc.js';
import { hl7 } from './hl7.js';
import { http } from './http.js';
import { http2 } from './http2.js';
import { iec104 } from './iec104.js';
import { kafka } from './kafka.js';
import { knxnetIp } from './knxnet_ip.js';
import { memcached } from './memcached.js';
import { minecraft } from './minecraft.js';
import { mining } from './mining.js';
import { modbus } from './modbus.js';
import { monero } from './monero.js';
import { mongodb } from './mongodb.js';
import { mpegTs } from './mpeg_ts.js';
import { mqtt } from './mqtt.js';
import { mysql } from './mysql.js';
import { nats } from './nats.js';
import { ntp } from './ntp.js';
import { oicq } from './oicq.js';
import { opcUa } from './opc-ua.js';
import { oracle } from './oracle.js';
import { postgresql } from './postgresql.js';
import { quic } from './quic.js';
import { raknet } from './raknet.js';
import { redis } from './redis.js';
import { rtmp } from './rtmp.js';
import { s7comm } from './s7comm.js';
import { s7commPlus } from './s7comm-plus.js';
import { smpp } from './smpp.js';
import { smtp } from './smtp.js';
import { someip } from './someip.js';
import { sourceEngine } from './source_engine.js';
import { spotify } from './spotify.js';
import { ssh } from './ssh.js';
import { steam } from './steam.js';
import { tds } from './tds.js';
import { teamviewer } from './teamviewer.js';
import { tls } from './tls.js';
import { tuyalp } from './tuyalp.js';
import { websocket } from './websocket.js';
import { zabbix } from './zabbix.js';
import { zeromq } from './zeromq.js';

/**
 * All protocols, in the order in which they are asked when the ports say nothing: those with strong signatures and those
 * that are common first. A new protocol is one file and one line here.
 */
export const PROTOCOLS: readonly Protocol[] = [
  tls,
  http,
  http2,
  grpc,
  websocket,
  ssh,
  quic,
  dns,
  smtp,
  dhcp,
  ntp,
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
  coap,
  modbus,
];
