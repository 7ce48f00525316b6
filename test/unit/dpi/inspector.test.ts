import { describe, expect, it } from 'vitest';

import { LARGEST_BLOCK } from '../../../src/dpi/payload-store.js';
import { REGISTRY } from '../../../src/dpi/registry.js';
import * as PARTS from '../../../src/sensor/inspection-parts.js';
import { Metering } from '../../../src/sensor/metering.js';
import { batchOf, settingsOf } from '../../support/decode.js';
import { EVERYTHING, inspectFrames, tcpFrames, udpFrames } from '../../support/inspect.js';

describe('labels by port', () => {
  const nonsense = udpFrames([['client', Uint8Array.of(0xff, 0xff, 0xff, 0xff)]], { serverPort: 123 });

  it('are given when they are asked for, and nothing else is known', async () => {
    const [flow] = await inspectFrames(nonsense, { labelByPort: true });
    expect(flow.applicationName).toBe('ntp');
  });

  it('are not given otherwise', async () => {
    const [flow] = await inspectFrames(nonsense);
    expect(flow.applicationName).toBeUndefined();
  });

  it('do not replace what inspection found', async () => {
    const frames = tcpFrames([['client', 'SSH-2.0-test\r\n']], { serverPort: 443 });
    const [flow] = await inspectFrames(frames, { labelByPort: true });
    expect(flow.applicationName).toBe('ssh');
  });
});

describe('memory', () => {
  it('stays within its bound in a flood of flows that wait for more, and what found none is counted', () => {
    const flows = 4_000;
    const metering = new Metering(
      {
        decode: settingsOf(),
        idleTimeoutUs: 30e6,
        activeTimeoutUs: 1_800e6,
        maxFlows: 10_000,
        dpi: { ...EVERYTHING, memoryOctets: 2 * LARGEST_BLOCK },
      },
      () => undefined,
      PARTS,
    );
    for (let n = 0; n < flows; n += 500) {
      // A request that does not end: its octets are kept.
      const frames = Array.from({ length: 500 }, (_, i) =>
        tcpFrames([['client', `GET /${'a'.repeat(900)}`]], { clientPort: 1_024 + n + i, serverPort: 80 }),
      ).flat();
      for (let at = 0; at < frames.length; at += 1_000) {
        metering.process(batchOf(frames.slice(at, at + 1_000)));
      }
    }
    const [{ dpi: full }] = metering.counts();
    expect(full?.peakOctets).toBeLessThanOrEqual(2 * LARGEST_BLOCK);
    expect(full?.withoutMemory).toBeGreaterThan(flows / 2);
    void metering.finish();
    const [{ dpi: after }] = metering.counts();
    expect(Object.values(after?.flows ?? {}).reduce((sum, each) => sum + each)).toBe(flows);
    expect(after?.usedOctets).toBe(REGISTRY.slotOctets);
  });
});
