import type { Sample } from '../../../support/inspect.js';

const invite = [
  'INVITE sip:bob@example.test SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.1',
  'f: Ann <sip:ann@example.test>',
  'To: <sip:bob@example.test>',
  'Call-ID: 17@192.0.2.1',
  'CSeq: 1 INVITE',
  'User-Agent: Phone/1.0',
  'Content-Length: 31',
  '',
  'v=0\r\nm=audio 40000 RTP/AVP 8 0\r\n',
].join('\r\n');
const ringing = 'SIP/2.0 180 Ringing\r\nCall-ID: 17@192.0.2.1\r\nServer: PBX\r\nContent-Length: 0\r\n\r\n';
const metadata = {
  sip: {
    messages: [
      { method: 'INVITE', uri: 'sip:bob@example.test', from: 'Ann <sip:ann@example.test>', callId: '17@192.0.2.1' },
      { status: 180, server: 'PBX' },
    ],
  },
};

export const samples: readonly Sample[] = (['udp', 'tcp'] as const).map((transport) => ({
  name: `a call over ${transport}`,
  transport,
  messages: [
    ['client', invite],
    ['server', ringing],
  ],
  path: 'sip',
  metadata,
}));
