import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a camera',
    transport: 'tcp',
    messages: [
      [
        'client',
        'DESCRIBE rtsp://camera.example.test/1 RTSP/1.0\r\nCSeq: 2\r\nUser-Agent: viewer\r\nAuthorization: Basic YTpi\r\n\r\n',
      ],
      [
        'server',
        'RTSP/1.0 200 OK\r\nCSeq: 2\r\nServer: cam\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n',
      ],
      [
        'client',
        'SETUP rtsp://camera.example.test/1/a RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP;unicast;client_port=5000-5001\r\n\r\n',
      ],
      ['server', '$\x00\x00\x02abRTSP/1.0 404 Not Found\r\nCSeq: 3\r\n\r\n'],
    ],
    path: 'rtsp',
    metadata: {
      rtsp: {
        requests: [
          { method: 'DESCRIBE', url: 'rtsp://camera.example.test/1', userAgent: 'viewer', authorization: '***' },
          { method: 'SETUP', transport: 'RTP/AVP;unicast;client_port=5000-5001' },
        ],
        responses: [{ status: 200, server: 'cam', contentType: 'application/sdp' }, { status: 404 }],
      },
    },
  },
];
