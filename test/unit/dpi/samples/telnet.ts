import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'options',
    transport: 'tcp',
    messages: [
      ['server', Buffer.from('fffd18fffd20', 'hex')],
      ['client', Buffer.from('fffb18fffc20', 'hex')],
      ['server', Buffer.from('fffa1801fff0', 'hex')],
      ['client', Buffer.from('fffa1800787465726dfff0', 'hex')],
      ['server', 'login: '],
    ],
    path: 'telnet',
    metadata: { telnet: { options: ['fd18', 'fd20', 'fb18', 'fc20'], terminalType: 'xterm' } },
  },
];
