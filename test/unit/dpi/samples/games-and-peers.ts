import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u16le, u32, u32le, zeros } from '../../../support/octets.js';

const magic = bytes(0, 0xff, 0xff, 0, 0xfe, 0xfe, 0xfe, 0xfe, 0xfd, 0xfd, 0xfd, 0xfd, 0x12, 0x34, 0x56, 0x78);
const host = 'play.example.test';
const handshake = join(bytes(0, 0xfd, 5, host.length), Buffer.from(host), u16(25_565), bytes(1));
const hello = join(bytes(1, 16), zeros(16).fill(7), u32le(1), u16le(4662), u32le(0), bytes(0, 0, 0, 0, 0, 0));

/** A handshake of RTMP: one side's first piece, and the peer's repeated. */
const piece = (octet: number): Uint8Array => join(u32(5, 0), zeros(1_528).fill(octet));
const connect = join(
  bytes(3, 0, 0, 0),
  bytes(0, 0, 60, 20, 0, 0, 0, 0, 2, 0, 7),
  Buffer.from('connect'),
  bytes(0, 0x3f, 0xf0),
  zeros(6),
  bytes(3, 0, 3),
  Buffer.from('app'),
  bytes(2, 0, 4),
  Buffer.from('live'),
  bytes(0, 0, 9),
  zeros(600),
);
const list = join(bytes(0xc4), bytes(1, 2, 3, 4));

export const samples: readonly Sample[] = [
  {
    name: 'Source engine: a query',
    transport: 'udp',
    messages: [['client', join(u32(0xffff_ffff), Buffer.from('TSource Engine Query\0'))]],
    path: 'source_engine',
  },
  {
    name: 'Steam: discovery',
    transport: 'udp',
    messages: [['client', u32(0xffff_ffff, 0x214c_5fa0, 0x0200_0000, 0x0801_0000)]],
    path: 'steam',
  },
  {
    name: 'RakNet: a ping',
    transport: 'udp',
    messages: [['client', join(bytes(1), zeros(8), magic, zeros(8))]],
    path: 'raknet',
  },
  {
    name: 'Minecraft: a status',
    transport: 'tcp',
    messages: [['client', join(bytes(handshake.length), handshake, bytes(1, 0))]],
    path: 'minecraft',
    metadata: { minecraft: { host, version: 765 } },
  },
  {
    name: 'eDonkey: a hello',
    transport: 'tcp',
    messages: [['client', join(bytes(0xe3), u32le(hello.length), hello)]],
    path: 'edonkey',
  },
  {
    name: 'Bitcoin: versions',
    transport: 'tcp',
    messages: [
      [
        'client',
        join(
          u32(0xf9be_b4d9),
          Buffer.from('version\0\0\0\0\0'),
          u32le(10, 0),
          zeros(10),
          u32(0xf9be_b4d9),
          Buffer.from('verack\0\0\0\0\0\0'),
          u32le(0, 0),
        ),
      ],
    ],
    path: 'bitcoin',
    metadata: { bitcoin: { commands: ['version', 'verack'] } },
  },
  {
    name: 'Monero: a handshake',
    transport: 'tcp',
    messages: [['client', join(bytes(1, 0x21, 1, 1, 1, 1, 1, 1), u32le(4, 0), bytes(1), u32le(1_001), zeros(12))]],
    path: 'monero',
  },
  {
    name: 'Ethereum: a ping',
    transport: 'udp',
    messages: [['client', join(zeros(96).fill(0x77), bytes(1, 1), list)]],
    path: 'ethereum',
  },
  {
    name: 'QQ',
    transport: 'udp',
    messages: [['client', join(bytes(2), u16(0x3b0b, 0x0001, 0x17), u32(0x561f_0c7b), zeros(20), bytes(3))]],
    path: 'oicq',
    metadata: { oicq: { account: 0x561f_0c7b } },
  },
  {
    name: 'Dropbox: an announcement',
    transport: 'udp',
    messages: [['client', '{"host_int": 1, "version": [2, 0], "namespaces": [3]}']],
    path: 'dropbox',
  },
  {
    name: 'Spotify: an announcement',
    transport: 'udp',
    messages: [['client', join(Buffer.from('SpotUdp0'), zeros(36))]],
    path: 'spotify',
  },
  {
    name: 'TeamViewer: an opening',
    transport: 'tcp',
    messages: [['client', join(bytes(0x17, 0x24, 0x0a, 0x20, 0), zeros(32))]],
    path: 'teamviewer',
  },
  {
    name: 'RTMP: a handshake',
    transport: 'tcp',
    messages: [
      ['client', join(bytes(3), piece(0x61))],
      ['server', join(bytes(3), piece(0x62), piece(0x61))],
      ['client', join(piece(0x62), connect)],
    ],
    path: 'rtmp',
    metadata: { rtmp: { application: 'live' } },
  },
  {
    name: 'MPEG: three packets',
    transport: 'udp',
    messages: [['client', join(...[0, 1, 2].map((n) => join(bytes(0x47, 1, 1, 0x10 | n), zeros(184))))]],
    path: 'mpeg_ts',
  },
];
