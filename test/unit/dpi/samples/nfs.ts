import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a call',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '000012340000000000000002000186a30000000300000001000000010000001800000007000000066c6170746f700000000000000000000000000000000000000000000000000000',
          'hex',
        ),
      ],
    ],
    path: 'nfs',
    metadata: { nfs: { program: 100003, version: 3, procedures: [1], machine: 'laptop' } },
  },
  {
    name: 'a call over TCP',
    transport: 'tcp',
    messages: [
      [
        'client',
        Buffer.from(
          '80000048000012340000000000000002000186a30000000300000001000000010000001800000007000000066c6170746f700000000000000000000000000000000000000000000000000000',
          'hex',
        ),
      ],
    ],
    path: 'nfs',
    metadata: { nfs: { procedures: [1] } },
  },
  {
    name: 'where the port of NFS is asked for',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '000012340000000000000002000186a00000000200000003000000010000001800000007000000066c6170746f70000000000000000000000000000000000000000186a3000000030000001100000000',
          'hex',
        ),
      ],
    ],
    path: 'nfs',
  },
];
