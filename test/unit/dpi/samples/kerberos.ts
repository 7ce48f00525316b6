import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a request and an error',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '6a8180307ea103020105a20302010aa4723070a00703050040810010a110300ea003020101a10730051b03616e6ea20e1b0c4558414d504c452e54455354a321301fa003020102a11830161b066b72627467741b0c4558414d504c452e54455354a511180f32303337303931333032343830355aa70302014da8083006020112020111',
          'hex',
        ),
      ],
      [
        'server',
        Buffer.from(
          '7e5c305aa003020105a10302011ea411180f32303236303130313030303030305aa503020101a603020119a90e1b0c4558414d504c452e54455354aa21301fa003020102a11830161b066b72627467741b0c4558414d504c452e54455354',
          'hex',
        ),
      ],
    ],
    path: 'kerberos',
    metadata: {
      kerberos: {
        messages: [10, 30],
        realm: 'EXAMPLE.TEST',
        client: 'ann',
        servers: ['krbtgt/EXAMPLE.TEST', 'krbtgt/EXAMPLE.TEST'],
        error: [25],
        encryption: [18, 17],
      },
    },
  },
  {
    name: 'the same over TCP',
    transport: 'tcp',
    messages: [
      [
        'client',
        Buffer.from(
          '000000836a8180307ea103020105a20302010aa4723070a00703050040810010a110300ea003020101a10730051b03616e6ea20e1b0c4558414d504c452e54455354a321301fa003020102a11830161b066b72627467741b0c4558414d504c452e54455354a511180f32303337303931333032343830355aa70302014da8083006020112020111',
          'hex',
        ),
      ],
      [
        'server',
        Buffer.from(
          '0000005e7e5c305aa003020105a10302011ea411180f32303236303130313030303030305aa503020101a603020119a90e1b0c4558414d504c452e54455354aa21301fa003020102a11830161b066b72627467741b0c4558414d504c452e54455354',
          'hex',
        ),
      ],
    ],
    path: 'kerberos',
    metadata: {
      kerberos: {
        messages: [10, 30],
        realm: 'EXAMPLE.TEST',
        client: 'ann',
        servers: ['krbtgt/EXAMPLE.TEST', 'krbtgt/EXAMPLE.TEST'],
        error: [25],
        encryption: [18, 17],
      },
    },
  },
  {
    name: 'a change of a password',
    transport: 'udp',
    messages: [
      ['client', Buffer.from('0026ff80000c6e0a300000000000000000007575757575757575757575757575757575757575', 'hex')],
    ],
    path: 'kerberos',
  },
];
