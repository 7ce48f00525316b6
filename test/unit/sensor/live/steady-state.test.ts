import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

/**
 * Some boxed numbers for each batch of 256 packets, and the sorting of what expires at a tick. The smallest thing that a
 * packet could bring about, a boxed number of 12 octets, would come to 3,072.
 */
const MOST_OCTETS_PER_BATCH = 1_536;

interface Told {
  readonly octetsPerBatch: number;
  readonly buffers: number;
  readonly closedFlows: number;
  readonly live: number;
  readonly inspection: { readonly labels: Readonly<Record<string, number>> } | null;
}

it.each(['metering', 'inspecting'])(
  'a live worker in its steady state, %s, allocates nothing for packets and flows',
  (work) => {
    const program = fileURLToPath(new URL('steady-state.mjs', import.meta.url));
    const options = ['--expose-gc', '--max-semi-space-size=512', '--min-semi-space-size=512'];
    const told = execFileSync(process.execPath, [...options, program, '9000', '6000', work], { encoding: 'utf8' });
    const { octetsPerBatch, buffers, closedFlows, live, inspection } = JSON.parse(told) as Told;
    // It was a steady state: flows came, were labelled and went.
    expect(closedFlows).toBeGreaterThan(50_000);
    expect(live).toBeLessThan(20_000);
    expect(inspection?.labels.dns ?? 0).toBe(work === 'inspecting' ? closedFlows : 0);
    expect(octetsPerBatch).toBeLessThan(MOST_OCTETS_PER_BATCH);
    expect(buffers).toBeLessThan(1 << 20);
  },
);
