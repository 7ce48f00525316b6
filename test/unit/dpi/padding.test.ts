import { describe, expect, it } from 'vitest';

import { inspectFrames, tcpFrames } from '../../support/inspect.js';
import { ethernet } from '../../support/link-frames.js';
import { data, ipv4, tcp } from '../../support/packets.js';
import { zeros } from '../../support/octets.js';

const request = 'GET / HTTP/1.1\r\nHost: a.example.test\r\n\r\n';
const acknowledgement = (octets: Uint8Array<ArrayBuffer>) =>
  ethernet(
    ipv4(
      { src: '10.0.0.1', dst: '10.0.0.2' },
      tcp({ sport: 40_000, dport: 9, flags: 0x10, sequence: 1_001 }, data(octets)),
    ),
  );

describe('padding that a device counts as payload', () => {
  it.each([2, 6])('of %i octets does not stand in for what the client says', async (count) => {
    const frames = tcpFrames([['client', request]]);
    const [flow] = await inspectFrames([...frames.slice(0, 3), acknowledgement(zeros(count)), ...frames.slice(3)]);
    expect(flow.applicationPath).toBe('http');
  });

  it('is not what has another octet than zero', async () => {
    const frames = tcpFrames([['client', request]]);
    const [flow] = await inspectFrames([
      ...frames.slice(0, 3),
      acknowledgement(Uint8Array.of(0, 1)),
      ...frames.slice(3),
    ]);
    expect(flow.applicationPath).toBeUndefined();
  });
});
