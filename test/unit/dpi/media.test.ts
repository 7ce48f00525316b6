import { describe, expect, it } from 'vitest';

import { inspectFrames, tcpFrames, udpFrames } from '../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../support/octets.js';

const packet = join(bytes(0x80, 8), u16(1), u32(160, 0x11223344), zeros(160));
const media = (port: number) => udpFrames([['server', packet]], { clientPort: port, serverPort: 6_000 });

describe('media that was announced', () => {
  it('by a call is known from its first packet', async () => {
    const body = 'v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 40002 RTP/AVP 8\r\n';
    const invite = `INVITE sip:b@example.test SIP/2.0\r\nCall-ID: 1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const call = udpFrames([['client', invite]], { clientPort: 5_060, serverPort: 5_060 });
    const flows = await inspectFrames([...call, ...media(40_002)]);
    expect(flows.map(({ applicationPath }) => applicationPath).sort()).toEqual(['sip', 'sip.rtp']);
  });

  it('by a call with picture is known of sound and picture', async () => {
    const body =
      'v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 40010 RTP/AVP 8\r\nm=text 9 RTP/AVP 9\r\nm=video 40012 RTP/AVP 96\r\n';
    const invite = `INVITE sip:b@example.test SIP/2.0\r\nCall-ID: 1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const call = udpFrames([['client', invite]], { clientPort: 5_060, serverPort: 5_060 });
    const flows = await inspectFrames([...call, ...media(40_010), ...media(40_012)]);
    expect(flows.map(({ applicationPath }) => applicationPath).sort()).toEqual(['sip', 'sip.rtp', 'sip.rtp']);
  });

  it('by a player is known from its first packet', async () => {
    const setup =
      'SETUP rtsp://camera.example.test/1 RTSP/1.0\r\nTransport: RTP/AVP;unicast;client_port=40004-40005\r\n\r\n';
    const control = tcpFrames([['client', setup]], { serverPort: 554 });
    const flows = await inspectFrames([...control, ...media(40_004)]);
    expect(flows.map(({ applicationPath }) => applicationPath).sort()).toEqual(['rtsp', 'rtsp.rtp']);
  });

  it('is nothing without the announcement', async () => {
    const [flow] = await inspectFrames(media(40_006));
    expect(flow.applicationPath).toBeUndefined();
  });
});
