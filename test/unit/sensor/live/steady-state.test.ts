import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

/**
 * Some boxed numbers for each batch of 256 packets, and the sorting of what expires at a tick. The smallest thing that a
 * packet could bring about, a boxed number of 12 octets, would come to 3,072.
 */
const MOST_OCTETS_PER_BATCH = 1_536;

it('a live worker in its steady state allocates nothing for packets and flows', () => {
  const program = fileURLToPath(new URL('steady-state.mjs', import.meta.url));
  const options = ['--expose-gc', '--max-semi-space-size=512', '--min-semi-space-size=512'];
  const told = execFileSync(process.execPath, [...options, program, '9000', '6000'], { encoding: 'utf8' });
  const { octetsPerBatch, buffers, closedFlows, live } = JSON.parse(told) as Record<string, number>;
  // It was a steady state: flows came and went.
  expect(closedFlows).toBeGreaterThan(50_000);
  expect(live).toBeLessThan(20_000);
  expect(octetsPerBatch).toBeLessThan(MOST_OCTETS_PER_BATCH);
  expect(buffers).toBeLessThan(1 << 20);
});
