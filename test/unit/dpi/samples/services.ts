import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u16le, u32, u32le, zeros } from '../../../support/octets.js';

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'latin1'));
const part = (type: number, value: Uint8Array): Uint8Array => join(u16(type, value.length + 4), value);
const tcp = (name: string, path: string, octets: Uint8Array | string): Sample => ({
  name,
  transport: 'tcp',
  messages: [['client', octets]],
  path,
});
const greeting = (name: string, path: string, octets: Uint8Array | string): Sample => ({
  name,
  transport: 'tcp',
  messages: [['server', octets]],
  path,
});
const udp = (name: string, path: string, octets: Uint8Array | string): Sample => ({
  name,
  transport: 'udp',
  messages: [['client', octets]],
  path,
});

/** The autokey cipher of smart plugs. */
function ciphered(value: string): Uint8Array {
  let key = 0xab;
  return text(value).map((octet) => (key ^= octet));
}

const roughtimeRequest = join(u32le(2, 64), text('NONCPAD\xff'), zeros(64).fill(9), zeros(100));
const excsat = join(u16(0x0d), bytes(0xd0, 0x41), u16(1), u16(7, 0x1041), bytes(0xf1, 0xf2, 0xf3));

export const samples: readonly Sample[] = [
  tcp('CORBA: a request', 'corba', join(text('GIOP'), bytes(1, 2, 0, 0), u32(20), zeros(20))),
  udp('CORBA in datagrams', 'corba', join(text('MIOP'), bytes(0x10, 0), zeros(20))),
  udp(
    'collectd: values',
    'collectd',
    join(
      part(0, text('web1.example.test\0')),
      part(8, zeros(8)),
      part(9, zeros(8)),
      part(2, text('cpu\0')),
      part(6, join(u16(1), bytes(1), zeros(8))),
    ),
  ),
  udp('collectd: encrypted values', 'collectd', join(u16(0x0210, 60), u16(3), text('web'), zeros(51))),
  greeting('Ceph: a banner', 'ceph', 'ceph v2\n\x10\0\0\0'),
  greeting('Checkmk: an agent', 'checkmk', '<<<check_mk>>>\nVersion: 2.1\n'),
  udp('DLEP: a discovery', 'dlep', join(text('DLEP'), u16(1, 8), u16(4, 4), text('\0abc'))),
  tcp('DLEP: a session', 'dlep', join(u16(1, 16), u16(5, 4), u32(60_000), u16(4, 4), text('\0abc'))),
  tcp('DRDA: an exchange of attributes', 'drda', excsat),
  tcp('Gearman: an echo', 'gearman', join(text('\0REQ'), u32(16, 2), text('hi'))),
  {
    name: 'Mumble: a ping',
    transport: 'udp',
    messages: [
      ['client', u32(0, 0x11223344, 0x55667788)],
      ['server', u32(0x0001_0304, 0x11223344, 0x55667788, 3, 100, 72_000)],
    ],
    path: 'mumble',
  },
  udp('Roughtime: a request', 'roughtime', roughtimeRequest),
  udp('Roughtime: a request in the newer frame', 'roughtime', join(text('ROUGHTIM'), u32le(180), roughtimeRequest)),
  udp('Rx: a call', 'rx', join(u32(0x570f_b560, 0x5c3f_c988, 1, 1, 1), bytes(1, 5, 0, 0), u16(0, 73), u32(504))),
  tcp('Raft: the first message', 'raft', join(u32le(1, 0, 7, 0, 16, 0), text('10.0.0.1:9001\0\0\0'), u32le(3, 0))),
  greeting('Kismet: a server', 'kismet', '*KISMET: 0.0.0 1144034381 \x01Kismet\x01 20050815211952\n'),
  greeting('Speedtest: a server', 'ookla', 'HELLO 2.9 (2.9.2) 2021-11-30.2159.fae0e0e\n'),
  tcp('Speedtest: a client', 'ookla', 'HI 8e176b65-d63b-4b39-adcc-97006a1e4537\n'),
  udp('netcode: a request', 'yojimbo', join(text('\0NETCODE 1.02\0'), zeros(1_064))),
  tcp('AFP: a session', 'afp', join(bytes(0, 4), u16(1), u32(0, 6, 0), bytes(1, 4), u32(1_024))),
  tcp('A tank gauge', 'atg', '\x01I20100\r\n'),
  udp('BJNP: a discovery', 'bjnp', join(text('BJNP'), bytes(1, 1, 0, 0), u32(1, 0))),
  greeting('Citrix ICA', 'citrix', '\x7f\x7fICA\0\x7f\x7fICA\0'),
  tcp('Citrix through the gateway', 'citrix', '\x1aCGP/01\x01\0'),
  tcp(
    'Diameter: an exchange of capabilities',
    'diameter',
    join(u32(0x0100_0024, 0x8000_0101, 0, 7, 8), u32(264), bytes(0x40, 0, 0, 16), text('a.test\0\0')),
  ),
  {
    name: 'PROXY: a line, then HTTP',
    transport: 'tcp',
    messages: [
      ['client', 'PROXY TCP4 10.0.0.1 10.0.0.2 40000 80\r\nGET / HTTP/1.1\r\nHost: a.example.test\r\n\r\n'],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ],
    path: 'haproxy.http',
    metadata: { http: { requests: [{ host: 'a.example.test' }], responses: [{ status: 200 }] } },
  },
  {
    name: 'PROXY: a header, then a client that speaks SSH',
    transport: 'tcp',
    messages: [
      [
        'client',
        join(
          text('\r\n\r\n\0\r\nQUIT\n'),
          bytes(0x21, 0x11, 0, 12, 10, 0, 0, 1, 10, 0, 0, 2, 0x80, 0, 0, 22),
          text('SSH-2.0-client\r\n'),
        ),
      ],
    ],
    path: 'haproxy.ssh',
  },
  tcp('Java RMI', 'jrmi', 'JRMI\0\x02\x4b'),
  tcp('JSON-RPC', 'json-rpc', '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}\n'),
  tcp('Notes RPC', 'lotusnotes', join(u16le(100), u32(0), u32(0x0000_0200, 0x0040_020f), zeros(12))),
  tcp('Lustre: a request for a connection', 'lustre', join(u32le(0xacce_7100, 1), zeros(8))),
  greeting('Munin: a node', 'munin', '# munin node at web1.example.test\n'),
  tcp('Nano: a handshake', 'nano', join(text('RC'), bytes(19, 19, 18, 10), u16(1), zeros(32))),
  tcp('NoMachine', 'nomachine', 'NXSH-6.4.6\n'),
  tcp('OpenFlow: a hello with versions', 'openflow', join(bytes(4, 0, 0, 16), u32(1), u16(1, 8), u32(0x12))),
  tcp('OpenFlow: a hello', 'openflow', join(bytes(1, 0, 0, 8), u32(1), bytes(1, 5, 0, 8), u32(2))),
  greeting('OpenWire', 'openwire', join(u32(40), text('\x01ActiveMQ'), u32(12), zeros(24))),
  tcp('Radmin', 'radmin', bytes(1, 0, 0, 0, 1, 0, 0, 0, 8, 8)),
  tcp('A remote shell', 'rsh', '1022\0alice\0bob\0uname -a\0'),
  tcp('STOMP', 'stomp', 'CONNECT\naccept-version:1.2\nhost:a.example.test\n\n\0'),
  udp('Syncthing: an announcement', 'syncthing', join(u32(0x2ea7_d90b), bytes(10, 32), zeros(40))),
  udp('A smart plug', 'tplink_shp', ciphered('{"system":{"get_sysinfo":{}}}')),
  tcp('A smart plug over TCP', 'tplink_shp', join(u32(29), ciphered('{"system":{"get_sysinfo":{}}}'))),
  udp('TeamSpeak', 'teamspeak', join(text('TS3INIT1'), u16(101, 0), bytes(0x88), zeros(21))),
  tcp('Thrift: a call in a frame', 'thrift', join(u32(17), u32(0x8001_0001, 4), text('ping'), u32(1), bytes(0))),
  tcp('Thrift: a compact call', 'thrift', join(bytes(0x82, 0x21, 1, 9), text('getStatus'), bytes(0))),
  udp('TiVo: a beacon', 'tivoconnect', 'TiVoConnect=1\nMethod=Broadcast\nPlatform=pc\n'),
  udp(
    'Ubiquiti: an answer',
    'ubntac2',
    join(bytes(1, 0, 0, 22), bytes(2, 0, 10), zeros(10), bytes(11, 0, 6), text('router')),
  ),
  udp(
    'UFTP: an announcement',
    'uftp',
    join(bytes(0x50, 1), u16(1), u32(0x0a00_0001, 9), bytes(0, 10, 3, 0), bytes(1, 6), zeros(22)),
  ),
  greeting('VMware: the daemon', 'vmware', '220 VMware Authentication Daemon Version 1.10: SSL Required\r\n'),
  {
    name: 'Whois',
    transport: 'tcp',
    messages: [
      ['client', 'example.test\r\n'],
      ['server', 'Domain Name: EXAMPLE.TEST\r\nRegistrar WHOIS Server: whois.example.test\r\n'],
    ],
    path: 'whois',
  },
  tcp(
    'World of Warcraft: a challenge',
    'worldofwarcraft',
    join(bytes(0, 8), u16le(38), text('WoW\0'), bytes(3, 3, 5), u16le(12_340), text('68x\0niW\0SUne'), zeros(16)),
  ),
  udp('XDMCP: a query', 'xdmcp', join(u16(1, 2, 1), bytes(0))),
  tcp(
    'Z39.50: an opening',
    'z3950',
    bytes(0xb4, 20, 0x83, 2, 5, 0xe0, 0x84, 3, 0, 0xe9, 0xa2, 0x85, 4, 4, 0, 0, 0, 0x86, 4, 4, 0, 0),
  ),
  tcp(
    'iSCSI: a login',
    'iscsi',
    join(bytes(0x43, 0x87, 0, 0, 0, 0, 0, 44), zeros(40), text('InitiatorName=iqn.1993-08.test:01\0SessionType\0')),
  ),
  udp('Check Point: a state', 'cpha', join(u16(0x1a90, 0x0c1e, 1, 1, 2, 3, 0, 0), zeros(12))),
  udp('Meraki: a sign of life', 'merakicloud', join(u32(0xfef7_2891), zeros(28))),
  udp('Among Us: a hello', 'among_us', join(bytes(8, 0, 1, 0), u32le(50_537_000), bytes(5), text('alice'), zeros(4))),
];
