import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'RFC 3164',
    transport: 'udp',
    messages: [['client', '<34>Oct 11 22:14:15 mymachine su[12]: failed for ann']],
    path: 'syslog',
    metadata: {
      syslog: { messages: [{ facility: 4, severity: 2, host: 'mymachine', program: 'su', text: 'failed for ann' }] },
    },
  },
  {
    name: 'RFC 5424 over TCP with lengths',
    transport: 'tcp',
    messages: [['client', '60 <165>1 2026-01-01T00:00:00Z host.example.test app 1 - - text']],
    path: 'syslog',
    metadata: { syslog: { messages: [{ facility: 20, severity: 5, host: 'host.example.test', program: 'app' }] } },
  },
];
