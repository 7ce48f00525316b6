import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a bind and a request',
    transport: 'tcp',
    messages: [
      [
        'client',
        Buffer.from(
          '05000b03100000004800000001000000d016d0160000000001000000000001000883afe11f5dc91191a408002b14a0fa030000000404040404040404040404040404040402000000',
          'hex',
        ),
      ],
      ['client', Buffer.from('05000003100000001c00000002000000040000000000030000000000', 'hex')],
    ],
    path: 'dcerpc',
    metadata: { dcerpc: { packetTypes: [11, 0], interfaces: ['0883afe11f5dc91191a408002b14a0fa'], operations: [3] } },
  },
  {
    name: 'a request over UDP',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '0400200010000000010101010101010101010101010101010883afe11f5dc91191a408002b14a0fa020202020202020202020202020202020000000001000000000000000500ffffffff0800000000000000000000000000',
          'hex',
        ),
      ],
    ],
    path: 'dcerpc',
    metadata: { dcerpc: { interfaces: ['0883afe11f5dc91191a408002b14a0fa'], operations: [5] } },
  },
];
