import fc from 'fast-check';

/** Continuous integration repeats one set of cases; elsewhere every run has cases of its own, and a failure prints its seed. */
if (process.env.CI !== undefined) fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 5103) });
