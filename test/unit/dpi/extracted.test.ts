import { expect, it } from 'vitest';

import { EXTRACTED } from '../../../src/dpi/extracted.js';
import { REGISTRY } from '../../../src/dpi/registry.js';

it('the list of protocols that give metadata is that of the registry', () => {
  const names = REGISTRY.all.flatMap(({ protocol }) => (protocol.extractor === undefined ? [] : [protocol.name]));
  expect(EXTRACTED).toEqual(names);
});
