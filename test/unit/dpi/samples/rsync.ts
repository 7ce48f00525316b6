import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a module',
    transport: 'tcp',
    messages: [
      ['server', '@RSYNCD: 31.0\n'],
      ['client', '@RSYNCD: 30.0\n'],
      ['client', 'levels\n'],
      ['server', '@RSYNCD: AUTHREQD abc\n'],
      ['client', 'ann hash\n'],
    ],
    path: 'rsync',
    metadata: { rsync: { serverVersion: '31.0', clientVersion: '30.0', module: 'levels', user: 'ann' } },
  },
];
