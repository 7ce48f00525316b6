import type { Protocol } from '../protocol.js';
import { afp } from './afp.js';
import { aliCloud } from './alicloud.js';
import { amongUs } from './among_us.js';
import { atg } from './atg.js';
import { bjnp } from './bjnp.js';
import { ceph } from './ceph.js';
import { checkmk } from './checkmk.js';
import { citrix } from './citrix.js';
import { collectd } from './collectd.js';
import { corba } from './corba.js';
import { cpha } from './cpha.js';
import { diameter } from './diameter.js';
import { dlep } from './dlep.js';
import { drda } from './drda.js';
import { flute } from './flute.js';
import { gearman } from './gearman.js';
import { haproxy } from './haproxy.js';
import { iscsi } from './iscsi.js';
import { jrmi } from './jrmi.js';
import { jsonRpc } from './json-rpc.js';
import { kismet } from './kismet.js';
import { lisp } from './lisp.js';
import { lotusNotes } from './lotusnotes.js';
import { lustre } from './lustre.js';
import { merakiCloud } from './merakicloud.js';
import { mumble } from './mumble.js';
import { munin } from './munin.js';
import { nano } from './nano.js';
import { nestLogSink } from './nestlogsink.js';
import { nintendo } from './nintendo.js';
import { noMachine } from './nomachine.js';
import { ookla } from './ookla.js';
import { openflow } from './openflow.js';
import { openwire } from './openwire.js';
import { radmin } from './radmin.js';
import { raft } from './raft.js';
import { roughtime } from './roughtime.js';
import { rsh } from './rsh.js';
import { rx } from './rx.js';
import { steamDatagramRelay } from './steamdatagramrelay.js';
import { stomp } from './stomp.js';
import { syncthing } from './syncthing.js';
import { teamspeak } from './teamspeak.js';
import { tencentGames } from './tencentgames.js';
import { thrift } from './thrift.js';
import { tivoConnect } from './tivoconnect.js';
import { tocaBoca } from './tocaboca.js';
import { tplinkShp } from './tplink_shp.js';
import { ubntac2 } from './ubntac2.js';
import { uftp } from './uftp.js';
import { whois } from './whois.js';
import { worldOfWarcraft } from './worldofwarcraft.js';
import { xdmcp } from './xdmcp.js';
import { xiaomi } from './xiaomi.js';
import { yojimbo } from './yojimbo.js';
import { z3950 } from './z3950.js';
import { zug } from './zug.js';

/** Protocols of services, vendors and games with a signature of their own, in the order in which they are asked. */
export const SERVICES: readonly Protocol[] = [
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
];
