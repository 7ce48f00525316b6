import { describe, expect, it } from 'vitest';

import { hasNfacctd, hasNfcapd, Nfacctd, Nfcapd } from '../support/collectors.js';
import { join, u16, u32, zeros } from '../support/octets.js';

/** The collectors of test/support themselves, with NetFlow v5 messages that are put together here. */

/** One flow of 7 packets and 700 octets of UDP. */
function message(sequence: number): Uint8Array {
  const header = join(u16(5, 1), u32(3_600_000, 1_700_000_000, 0, sequence), zeros(4));
  const flow = join(
    u32(0xc0000201, 0xc6336401, 0),
    u16(0, 0),
    u32(7, 700, 3_000_000, 3_001_000),
    u16(53, 5353),
    Uint8Array.of(0, 0, 17, 0),
    zeros(8),
  );
  return join(header, flow);
}

const MESSAGES = Array.from({ length: 2000 }, (_, n) => message(n));
const SUMS = new Map([[17, { flows: 2000, packets: 14_000, octets: 1_400_000 }]]);

describe.skipIf(!hasNfcapd)('nfcapd', () => {
  it('collects what is sent to it', async () => {
    const collector = await Nfcapd.start();
    await collector.send(MESSAGES);
    const collected = await collector.collect();
    expect(collected.sums).toEqual(SUMS);
    expect(collected.sequenceFailures).toBe(0);
    expect(collected.badMessages).toBe(0);
  });

  it('counts what is missing', async () => {
    const collector = await Nfcapd.start();
    await collector.send([message(0), message(1), message(5)]);
    const { sums, sequenceFailures } = await collector.collect();
    expect([...sums]).toEqual([[17, { flows: 3, packets: 21, octets: 2100 }]]);
    expect(sequenceFailures).toBe(1);
  });
});

describe.skipIf(!hasNfacctd)('nfacctd', () => {
  it('collects what is sent to it', async () => {
    const collector = await Nfacctd.start();
    await collector.send(MESSAGES);
    const collected = await collector.collect(2000);
    expect(collected.log).toContain('waiting for NetFlow');
    expect(collected.sums).toEqual(SUMS);
    expect(collected.sequenceFailures).toBe(0);
    expect(collected.badMessages).toBe(0);
  });

  it('tells what is missing', async () => {
    const collector = await Nfacctd.start();
    await collector.send([message(0), message(1), message(5)]);
    const { log, sequenceFailures } = await collector.collect(3);
    expect(sequenceFailures, log).toBe(1);
  });
});
