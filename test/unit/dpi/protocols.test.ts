import { describe, expect, it } from 'vitest';

import { REGISTRY } from '../../../src/dpi/registry.js';
import { allSamples, inspectSample, type Sample } from '../../support/inspect.js';

const samples = await allSamples();
const conversations = samples.filter(([, { messages }]) => messages !== undefined);
const streams = conversations.filter(([, { transport }]) => transport === 'tcp');

describe.each(samples)('%s: $name', (_file, sample) => {
  it('has its label and metadata', async () => {
    const [flow] = await inspectSample(sample, ownPort(sample));
    expect(flow.applicationPath).toBe(sample.path);
    expect(flow).toMatchObject(sample.metadata ?? {});
  });
});

describe.each(conversations.filter(([, { needsPort }]) => needsPort === undefined))('%s: $name', (_file, sample) => {
  it('needs no port', async () => {
    const [flow] = await inspectSample(sample, { serverPort: 33_333 });
    expect(flow.applicationPath).toBe(sample.path);
  });
});

describe.each(streams)('%s: $name', (_file, sample) => {
  it.each([5, 7, 100])('is the same in segments of %i octets', async (segment) => {
    const [whole] = await inspectSample(sample, ownPort(sample));
    const [pieces] = await inspectSample(sample, { ...ownPort(sample), segment });
    const what = sample.path.split('.');
    for (const each of ['applicationPath', ...what]) expect(pieces[each]).toEqual(whole[each]);
  });
});

describe('samples', () => {
  it('are there for every protocol', () => {
    const shown = new Set(samples.flatMap(([, sample]) => sample.path.split('.')));
    const missing = REGISTRY.all.filter(({ protocol }) => !shown.has(protocol.name));
    expect(missing.map(({ protocol }) => protocol.name)).toEqual([]);
  });
});

/** The first registered port of the first protocol of the path. */
function ownPort({ path }: Sample): { serverPort: number } {
  const [port = 9] = REGISTRY.named(path.split('.')[0])?.protocol.ports ?? [];
  return { serverPort: port };
}
