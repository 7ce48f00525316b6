import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, zeros } from '../../../support/octets.js';

const name = join(
  bytes(1),
  Buffer.from('2'),
  bytes(13),
  Buffer.from('dnscrypt-cert'),
  bytes(7),
  Buffer.from('example'),
  bytes(4),
  Buffer.from('test'),
  bytes(0),
);
const question = join(u16(1, 0x0100, 1, 0, 0, 0), name, u16(16, 1));
const metadata = { dnscrypt: { provider: 'example.test' } };

export const samples: readonly Sample[] = [
  { name: 'a certificate', transport: 'udp', messages: [['client', question]], path: 'dnscrypt', metadata },
  {
    name: 'a certificate over TCP',
    transport: 'tcp',
    messages: [['client', join(u16(question.length), question)]],
    path: 'dnscrypt',
    metadata,
  },
  {
    name: 'an answer',
    transport: 'udp',
    messages: [
      ['client', join(u16(0x9f31, 0x1c2d), zeros(508))],
      ['server', join(Buffer.from('r6fnvWj8'), zeros(200))],
    ],
    path: 'dnscrypt',
  },
];
