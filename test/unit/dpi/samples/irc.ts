import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a client',
    transport: 'tcp',
    messages: [
      ['client', 'PASS secret\r\nNICK ann\r\nUSER ann 0 * :Ann\r\n'],
      ['server', ':irc.example.test 001 ann :Welcome\r\n'],
      ['client', 'JOIN #levels\r\n'],
    ],
    path: 'irc',
    metadata: { irc: { nick: ['ann'], user: 'ann', password: '***', channels: ['#levels'] } },
  },
  {
    name: 'a server',
    transport: 'tcp',
    messages: [['server', ':irc.example.test NOTICE AUTH :*** Looking up\r\n']],
    path: 'irc',
  },
];
