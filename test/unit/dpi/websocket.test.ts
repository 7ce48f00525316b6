import { describe, expect, it } from 'vitest';

import { inspectFrames, tcpFrames } from '../../support/inspect.js';
import { bytes, join } from '../../support/octets.js';

const text = Buffer.from('news of the day');
const mask = bytes(0x12, 0x34, 0x56, 0x78);
const plain = join(bytes(0x81, text.length), text);
const masked = join(
  bytes(0x81, 0x80 | text.length),
  mask,
  Uint8Array.from(text, (octet, n) => octet ^ mask[n & 3]),
);

describe('WebSocket from the middle of a connection', () => {
  it.each([
    ['a frame of the server', plain],
    ['a frame of the client', masked],
    ['two frames', join(plain, plain)],
  ])('is known by %s', async (_what, frame) => {
    const [flow] = await inspectFrames(tcpFrames([['server', frame]], { midStream: true }));
    expect(flow.applicationPath).toBe('websocket');
  });

  it.each([
    ['a frame that begins a connection', plain, false],
    ['a frame of other octets than text', join(bytes(0x81, 15), bytes(...text.subarray(0, 14), 1)), true],
    ['a frame that something else follows', join(plain, bytes(0x7f)), true],
  ])('is not %s', async (_what, frame, midStream) => {
    const [flow] = await inspectFrames(tcpFrames([['server', frame]], { midStream }));
    expect(flow.applicationPath).toBeUndefined();
  });
});
