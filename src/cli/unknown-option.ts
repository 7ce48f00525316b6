import { nearest } from '../config/nearest.js';

/**
 * What to say of a word that is no option.
 * @param options names of all options that it could have been meant to be, without dashes
 */
export function unknownOption(word: string, options: readonly string[]): string {
  const isLong = word.startsWith('--');
  const known = options.flatMap((option) => [`--${option}`, `--no-${option}`]);
  const meant = isLong ? nearest(word.split('=')[0], known) : null;
  return `unknown option ${word}${meant === null ? '' : `; did you mean ${meant}?`}`;
}
