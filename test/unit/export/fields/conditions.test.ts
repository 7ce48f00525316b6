import { expect, it } from 'vitest';

import { Condition } from '../../../../src/export/fields/conditions.js';
import { DerivedFormat } from '../../../../src/export/fields/export-field.js';
import { Format, PRESENCE_VALUES } from '../../../../src/flow/flow-field.js';

it('conditions and formats of the export stand above those of the flow records', () => {
  expect(Condition.First).toBe(PRESENCE_VALUES);
  expect(DerivedFormat.First).toBeGreaterThan(Format.TcpBits);
});
