import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u16le, u32, u32le, zeros } from '../../../support/octets.js';

const kcp = (command: number, data: number): Uint8Array =>
  join(u32(0x0102_0304, 0x0506_0708), bytes(command, 0), u16le(256), u32le(1, 2, 3, data), zeros(data));

const udp = (name: string, path: string, octets: Uint8Array): Sample => ({
  name,
  transport: 'udp',
  messages: [['client', octets]],
  path,
});

const tcp = (name: string, path: string, octets: Uint8Array): Sample => ({
  name,
  transport: 'tcp',
  messages: [['client', octets]],
  path,
});

export const samples: readonly Sample[] = [
  udp('Genshin Impact: a conversation is opened', 'genshinimpact', u32(0xff, 0, 0, 1_234_567_890, 0xffff_ffff)),
  udp('Genshin Impact: segments', 'genshinimpact', join(kcp(81, 9), kcp(82, 0))),
  udp('Pia', 'nintendo', join(u32(0x32ab_9864), bytes(0x82, 1), zeros(30))),
  tcp('Xiaomi: a message', 'xiaomi', join(u16(0xc2fe, 5), u32(12), zeros(16))),
  tcp('Tencent: a packet', 'tencentgames', join(u16(0x3366, 11, 11, 0x1001), bytes(0), u32(1, 76, 0), zeros(40))),
  tcp('Alibaba Cloud: an agent', 'alicloud', join(u32(0xcefa_beba), u32le(48), zeros(48))),
  udp(
    'Photon: a connection',
    'tocaboca',
    join(u16(0xffff), bytes(0, 1), u32(4, 0x22b6_e6ba), bytes(2, 0xff, 1, 4), u32(44, 1), zeros(32)),
  ),
  tcp(
    'Weave: a message',
    'nestlogsink',
    join(
      u16le(60, 0x1300),
      u32le(776),
      bytes(1, 2, 3, 0, 0, 0x30, 0xb4, 0x18),
      bytes(4, 0, 0, 0, 2, 0x30, 0xb4, 0x18),
      zeros(38),
    ),
  ),
  udp('Zug', 'zug', join(bytes(0, 0x7a, 0x55, 0x47, 0x10), u32(7), u16(20), zeros(20))),
  udp('Steam: a ping of a relay', 'steamdatagramrelay', join(Buffer.from('\x01\x81sdping', 'latin1'), zeros(60))),
];
