import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { captureErrorFrom } from '../capture/capture-error.js';
import type { Configuration } from '../config/configuration.js';
import type { LabelRule } from '../config/labels/label-rule.js';
import type { RuleTables } from '../dpi/rules/rule-tables.js';
import { UsageError } from './usage-error.js';

/** The list that comes with the program. */
const DEFAULT_FILE = fileURLToPath(new URL('../../config/labels.yaml', import.meta.url));

/** Label rules that are in use, and their tables. */
export interface LabelRules {
  readonly rules: readonly LabelRule[];
  readonly tables: RuleTables;
}

/** The label rules that the settings name; null for none, and without inspection. Throws a `UsageError`. */
export async function labelTables(configuration: Configuration): Promise<RuleTables | null> {
  if (configuration.get('dpi.inspect') === 'off') return null;
  const rules = await readLabelRules(configuration.get('dpi.labels'));
  return rules?.tables ?? null;
}

/** Reads files of rules, `default` among them, the first to be asked first; null for `none`. Throws a `UsageError`. */
export async function readLabelRules(names: readonly string[]): Promise<LabelRules | null> {
  if (names.includes('none')) {
    if (names.length > 1) throw new UsageError(`--labels: 'none' stands beside others, expected it alone`);
    return null;
  }
  // With them comes the list of protocols.
  const { compileRules, LabelRuleError, readLabelFile } = await import('../config/labels/index.js');
  const rules = names.flatMap((name) => {
    const read = readLabelFile(textOf(name), name);
    if (read.faults.length > 0) throw new UsageError(read.faults.join('\n'));
    return read.rules;
  });
  try {
    return { rules, tables: compileRules(rules) };
  } catch (error) {
    if (error instanceof LabelRuleError) throw new UsageError(error.message);
    throw error;
  }
}

function textOf(name: string): string {
  const path = name === 'default' ? DEFAULT_FILE : name;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(captureErrorFrom(error, path, 'cannot be read').message, { cause: error });
  }
}
