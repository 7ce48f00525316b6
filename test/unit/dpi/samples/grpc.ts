import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u32 } from '../../../support/octets.js';

const coded = bytes(0x1d, 0x75, 0xd0, 0x62, 0x0d, 0x26, 0x3d, 0x4c, 0x4d, 0x65, 0x64);
const fields = join(bytes(0x83, 0x86, 0x5f, 0x80 | coded.length), coded);

export const samples: readonly Sample[] = [
  {
    name: 'a call',
    transport: 'tcp',
    messages: [
      ['client', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['client', join(bytes(0, 0, 0, 4, 0), u32(0), bytes(0, 0, fields.length, 1, 4), u32(1), fields)],
    ],
    path: 'http2.grpc',
  },
];
