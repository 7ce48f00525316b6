import { describe, expect, it } from 'vitest';

import { REGISTRY } from '../../src/dpi/registry.js';
import { CaseMaker } from '../support/fuzz/case-maker.js';
import { sampleConversations } from '../support/fuzz/conversations.js';
import { InspectedCases } from '../support/fuzz/inspected-cases.js';
import { seedsByProtocol } from '../support/fuzz/seeds.js';

/**
 * The samples of each protocol, damaged, through the whole engine. Runs for FUZZ_MS milliseconds, shared out among the
 * protocols; FUZZ_SEED repeats a run. scripts/fuzz-dpi runs as many cases as it is told.
 */
const DURATION_MS = Number(process.env['FUZZ_MS'] ?? 60_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);
/** One packet shall not hold up the others, on a loaded machine with a cold engine either. */
const LONGEST_PACKET_US = 1_000_000;
const LEAST_CASES = 500;

const seeds = seedsByProtocol(await sampleConversations());

describe(`deep packet inspection (FUZZ_SEED=${SEED})`, () => {
  it.each(REGISTRY.all)('bears damaged conversations of $protocol.name', (registered) => {
    const { protocol, number } = registered;
    const cases = new InspectedCases(new CaseMaker(seeds[number], SEED), registered);
    const until = performance.now() + DURATION_MS / REGISTRY.all.length;
    cases.run(0, (count) => count >= LEAST_CASES && performance.now() > until);
    const outcome = cases.finish();
    expect(outcome.recognised).toBeGreaterThan(0);
    if (protocol.elements !== undefined) expect(outcome.extracted).toBeGreaterThan(0);
    expect(outcome.worstUs).toBeLessThan(LONGEST_PACKET_US);
    // All that was taken has been given back.
    expect(outcome.heldOctets).toBe(0);
  });
});
