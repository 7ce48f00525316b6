import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a search and an answer',
    transport: 'udp',
    messages: [
      [
        'client',
        `M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 3\r\nST: ssdp:all\r\nUSER-AGENT: test/1\r\n\r\n`,
      ],
      [
        'server',
        'HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1\r\nLOCATION: http://192.0.2.1/d.xml\r\nSERVER: Linux UPnP/1.0\r\n\r\n',
      ],
    ],
    path: 'ssdp',
    metadata: {
      ssdp: {
        messages: [
          {
            method: 'M-SEARCH',
            uri: '*',
            host: '239.255.255.250:1900',
            target: 'ssdp:all',
            maximumWait: '3',
            userAgent: 'test/1',
          },
          { status: 200, usn: 'uuid:1', location: 'http://192.0.2.1/d.xml', server: 'Linux UPnP/1.0' },
        ],
      },
    },
  },
];
