import { compileRules } from '../../src/config/labels/compile-rules.js';
import { readLabelFile } from '../../src/config/labels/label-file.js';
import type { RuleTables } from '../../src/dpi/rules/rule-tables.js';

/** The tables of rules that are written as in a file, below `rules:`. Throws when there is a fault. */
export function rulesOf(text: string): RuleTables {
  const { rules, faults } = readLabelFile(`rules:\n${text}`, 'test.yaml');
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return compileRules(rules);
}
