import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a clone',
    transport: 'tcp',
    messages: [['client', '0036git-upload-pack /levels.git\0host=git.example.test\0']],
    path: 'git',
    metadata: { git: { command: 'git-upload-pack', repository: '/levels.git', host: 'git.example.test' } },
  },
];
