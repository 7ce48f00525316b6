import { describe, expect, it } from 'vitest';

import { inspectFrames, type Message, tcpFrames } from '../../../support/inspect.js';
import { bytes, join, u16, zeros } from '../../../support/octets.js';

/** A handshake of EIP-8 with `length` octets behind its length, which is too long for segments of a few octets. */
function handshake(length: number, claimed = length): Uint8Array {
  return join(u16(claimed), bytes(4), zeros(length - 1).fill(0x5a));
}

async function labelOf(...messages: Message[]): Promise<unknown> {
  const [flow] = await inspectFrames(tcpFrames(messages, { serverPort: 33_333 }));
  return flow.applicationName;
}

describe('handshakes of Ethereum peers', () => {
  it('are recognised when both fit', async () => {
    expect(await labelOf(['client', handshake(460)], ['server', handshake(390)])).toBe('ethereum');
  });

  it('are none when the length is another one', async () => {
    expect(await labelOf(['client', handshake(460, 470)], ['server', handshake(390)])).toBeUndefined();
  });
});
