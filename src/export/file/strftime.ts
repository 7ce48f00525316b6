import { suggestion } from '../../config/nearest.js';

/** Names of files made of a moment, as strftime(3) makes them: UTC, and conversions that are the same everywhere. */

const CONVERSIONS: Readonly<Record<string, (moment: Date, serial: number) => string>> = {
  Y: (moment) => padded(moment.getUTCFullYear(), 4),
  y: (moment) => padded(moment.getUTCFullYear() % 100, 2),
  m: (moment) => padded(moment.getUTCMonth() + 1, 2),
  d: (moment) => padded(moment.getUTCDate(), 2),
  H: (moment) => padded(moment.getUTCHours(), 2),
  M: (moment) => padded(moment.getUTCMinutes(), 2),
  S: (moment) => padded(moment.getUTCSeconds(), 2),
  j: (moment) => padded(dayOfYear(moment), 3),
  s: (moment) => String(Math.floor(moment.getTime() / 1_000)),
  F: (moment) => moment.toISOString().slice(0, 10),
  /** No conversion of strftime: the number of the file in this run, from 0. */
  i: (_, serial) => padded(serial, 5),
  '%': () => '%',
};

const PATTERN = /%(.?)/gs;

/** Throws a RangeError that lists the conversions when the pattern has another one. */
export function requireConversions(pattern: string): void {
  for (const [all, letter] of pattern.matchAll(PATTERN)) {
    if (letter in CONVERSIONS) continue;
    const known = Object.keys(CONVERSIONS).map((each) => `%${each}`);
    throw new RangeError(`'${pattern}': no conversion '${all}'${suggestion(all, known)}, expected ${known.join(' ')}`);
  }
}

/** Whether names made of the pattern differ from moment to moment, or from file to file. */
export function hasConversions(pattern: string): boolean {
  return Array.from(pattern.matchAll(PATTERN)).some(([, letter]) => letter !== '%');
}

/** @param ms since 1970, of which the seconds count */
export function strftime(pattern: string, ms: number, serial: number): string {
  const moment = new Date(ms);
  return pattern.replace(PATTERN, (all, letter: string) => CONVERSIONS[letter]?.(moment, serial) ?? all);
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

function dayOfYear(moment: Date): number {
  return 1 + Math.floor((moment.getTime() - Date.UTC(moment.getUTCFullYear(), 0, 1)) / 86_400_000);
}
