import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The fuzz tests run for a set time: they begin first, so that nothing waits for them at the end. */
class FuzzFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isFuzz = ({ moduleId }: TestSpecification): number => Number(moduleId.endsWith('.fuzz.test.ts'));
    return (await super.sort(files)).toSorted((a, b) => isFuzz(b) - isFuzz(a));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many files wait for other programs and for timers.
    maxWorkers: Number(process.env['VITEST_MAX_WORKERS'] ?? Math.ceil(1.5 * availableParallelism())),
    sequence: { sequencer: FuzzFirst },
  },
});
