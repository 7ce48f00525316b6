import { writeFileSync } from 'node:fs';

import { errorText } from '../capture/capture-error.js';
import type { Configuration } from '../config/configuration.js';

/**
 * Tells the ledger as `--stats` and `--stats-file` say.
 * @param text the same for people
 * @returns false when the file cannot be written
 */
export function writeStatistics(
  statistics: unknown,
  text: string,
  configuration: Configuration,
  tell: (message: string) => void,
): boolean {
  const format = configuration.get('statistics.format');
  const file = configuration.find('statistics.file');
  if (format === 'json') process.stderr.write(`${JSON.stringify(statistics)}\n`);
  else if (format === 'text') process.stderr.write(text);
  if (file === undefined) return true;
  try {
    writeFileSync(file, `${JSON.stringify(statistics, null, 2)}\n`);
    return true;
  } catch (error) {
    tell(`--stats-file ${file}: ${errorText(error)}`);
    return false;
  }
}
