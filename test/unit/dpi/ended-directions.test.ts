import { describe, expect, it } from 'vitest';

import { MetadataBound } from '../../../src/dpi/metadata.js';
import { REGISTRY } from '../../../src/dpi/registry.js';
import * as inspection from '../../../src/sensor/inspection-parts.js';
import { Metering } from '../../../src/sensor/metering.js';
import { batchOf, type Frame, settingsOf } from '../../support/decode.js';
import { EVERYTHING, inspectFrames, type Message, tcpFrames } from '../../support/inspect.js';

/** Octets in use once the frames have passed, while their flows go on. */
function usedAfter(frames: readonly Frame[]): number | undefined {
  const settings = { decode: settingsOf(), idleTimeoutUs: 30e6, activeTimeoutUs: 1_800e6, maxFlows: 10 };
  const metering = new Metering({ ...settings, dpi: EVERYTHING }, () => undefined, inspection);
  metering.process(batchOf(frames));
  const [{ dpi }] = metering.counts();
  void metering.finish();
  return dpi?.usedOctets;
}

const noise = new Uint8Array(100).fill(0xa5);
const spare = REGISTRY.slotOctets;

describe('a direction of which nothing more is wanted', () => {
  const greetings: Message[] = [
    ['client', 'SSH-2.0-a\r\n'],
    ['server', 'SSH-2.0-b\r\n'],
  ];

  it('keeps the slot of its flow while the other one is wanted', () => {
    expect(usedAfter(tcpFrames([...greetings, ['client', noise]]))).toBe(2 * spare + MetadataBound.FirstBlock);
  });

  it('gives it back when the other one is not wanted either', () => {
    const frames = tcpFrames([...greetings, ['client', noise], ['server', noise]]);
    expect(usedAfter(frames)).toBe(spare + MetadataBound.FirstBlock);
  });
});

describe('the body of a message', () => {
  const body = 'x'.repeat(5_000);
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const frames = tcpFrames(
    [
      ['client', 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['server', answer],
      ['client', 'GET /2 HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['server', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'],
    ],
    { segment: 500 },
  );
  const statuses = async (list: readonly Frame[]): Promise<unknown> => {
    const [flow] = await inspectFrames(list);
    const { responses } = flow.http as { responses: readonly { status: number }[] };
    return responses.map(({ status }) => status);
  };

  it('is passed to the message behind it', async () => {
    expect(await statuses(frames)).toEqual([200, 404]);
  });

  it('is passed when segments of it come twice', async () => {
    const doubled = frames.flatMap((frame, n) => (n % 3 === 0 && n > 5 ? [frame, frame] : [frame]));
    expect(await statuses(doubled)).toEqual([200, 404]);
  });

  it('is passed when segments of it change places', async () => {
    const changed = [...frames];
    for (const n of [6, 9]) [changed[n], changed[n + 1]] = [changed[n + 1], changed[n]];
    expect(await statuses(changed)).toEqual([200, 404]);
  });

  it('is passed when one of its segments is missing', async () => {
    expect(await statuses(frames.filter((_, n) => n !== 8))).toEqual([200, 404]);
  });
});
