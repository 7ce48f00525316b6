import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a request whose first line ends between CR and LF',
    transport: 'tcp',
    messages: [
      ['client', 'GET / HTTP/1.1\r'],
      ['client', '\nHost: a.example.test\r\n\r\n'],
    ],
    path: 'http',
    metadata: { http: { requests: [{ host: 'a.example.test' }] } },
  },
  {
    name: 'chunks, a secret, and an upgrade',
    transport: 'tcp',
    messages: [
      ['client', 'POST /in HTTP/1.1\r\nHost: a.example.test\r\nCookie: id=1\r\nContent-Length: 4\r\n\r\nGET '],
      ['server', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHTTP/\r\n0\r\n\r\n'],
      ['client', 'GET /ws HTTP/1.1\r\nHost: a.example.test\r\nUpgrade: websocket\r\n\r\n'],
      ['server', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
    ],
    path: 'http.websocket',
    metadata: {
      http: {
        requests: [{ method: 'POST', target: '/in', cookie: '***', contentLength: 4 }, { target: '/ws' }],
        responses: [{ status: 200 }, { status: 101 }],
      },
    },
  },
  {
    name: 'a tunnel by CONNECT',
    transport: 'tcp',
    messages: [
      ['client', 'CONNECT mail.example.test:25 HTTP/1.1\r\nHost: mail.example.test:25\r\n\r\n'],
      ['server', 'HTTP/1.1 200 Connection established\r\n\r\n'],
      ['server', '220 mail.example.test ESMTP\r\n'],
      ['client', 'EHLO laptop\r\n'],
    ],
    path: 'http.smtp',
    metadata: { http: { requests: [{ method: 'CONNECT' }] }, smtp: { hello: ['laptop'] } },
  },
  {
    name: 'HTTP/2 with prior knowledge',
    transport: 'tcp',
    messages: [['client', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']],
    path: 'http2',
  },
];
