import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32 } from '../../../support/octets.js';

const name = join(
  bytes(3),
  Buffer.from('www'),
  bytes(7),
  Buffer.from('example'),
  bytes(4),
  Buffer.from('test'),
  bytes(0),
);

const ROOT = bytes(0);
const NAME = u16(0xc00c);

/** A record with that data; its name is the one of the question. */
function record(type: number, data: Uint8Array): Uint8Array {
  return join(NAME, u16(type, 1), u32(300), u16(data.length), data);
}

function text(value: string): Uint8Array {
  return join(bytes(value.length), Buffer.from(value));
}

function parameter(key: number, value: Uint8Array): Uint8Array {
  return join(u16(key, value.length), value);
}

const service = join(
  u16(1),
  ROOT,
  parameter(1, join(text('h3'), text('h2'))),
  parameter(3, u16(8443)),
  parameter(4, bytes(192, 0, 2, 1, 192, 0, 2, 2)),
  parameter(5, bytes(1, 2)),
  parameter(6, join(u16(0x2001, 0xdb8), new Uint8Array(11), bytes(1))),
);
const options = join(
  parameter(8, bytes(0, 1, 24, 0, 198, 51, 100)),
  parameter(3, Buffer.from('ns1')),
  parameter(15, u16(18)),
);
const answers = [
  record(65, service),
  record(6, join(NAME, text('admin'), NAME, u32(2026, 1, 2, 3, 4))),
  record(257, join(bytes(0), text('issue'), Buffer.from('ca.example.test'))),
  record(35, join(u16(10, 20), text('s'), text('SIP+D2U'), text(''), NAME)),
  join(ROOT, u16(41, 1_232), bytes(1, 0, 0x80, 0), u16(options.length), options),
];

export const samples: readonly Sample[] = [
  {
    name: 'a query whose header counts records that are not there',
    transport: 'udp',
    messages: [['client', join(u16(0x1234, 0x0100, 1, 0, 0x8000, 0), name, u16(1, 1))]],
    path: 'dns',
    metadata: { dns: { messages: [{ id: 0x1234, questions: [{ name: 'www.example.test', type: 1, class: 1 }] }] } },
    needsPort: 'only there a damaged header is overlooked',
  },
  {
    name: 'an answer with a service, an authority, who may issue, a pointer, and EDNS',
    transport: 'udp',
    messages: [['client', join(u16(7, 0x8180, 1, answers.length - 1, 0, 1), name, u16(255, 1), ...answers)]],
    path: 'dns',
    metadata: {
      dns: {
        messages: [
          {
            questions: [{ type: 255 }],
            udpSize: 1_232,
            ednsVersion: 0,
            dnssecOk: true,
            extendedRcode: 1,
            clientSubnet: '198.51.100.0',
            clientSubnetBits: 24,
            serverId: 'ns1',
            extendedErrors: [18],
            answers: [
              {
                type: 65,
                priority: 1,
                target: '.',
                alpn: ['h3', 'h2'],
                port: 8_443,
                ipv4Hints: ['192.0.2.1', '192.0.2.2'],
                ech: true,
                ipv6Hints: ['2001:db8::1'],
              },
              { type: 6, target: 'www.example.test', mailbox: 'admin.www.example.test', serial: 2_026 },
              { type: 257, tag: 'issue', value: 'ca.example.test' },
              { type: 35, priority: 10, preference: 20, flags: 's', service: 'SIP+D2U', target: 'www.example.test' },
            ],
          },
        ],
      },
    },
  },
];
