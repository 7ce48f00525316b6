/** Quantities as people write them. Every function throws a `UnitError` that says what was given and what is allowed. */

export class UnitError extends Error {
  override readonly name = 'UnitError';
}

const DURATION_US: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

/** A duration in µs: a number with a unit (`250ms`, `30s`, `30m`, `1h`), or a bare number of seconds. */
export function durationUs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d)?$/.exec(text.trim());
  if (match === null) {
    throw new UnitError(`'${text}' is no duration: expected a number with us, ms, s, m, h or d, such as 30s or 30m`);
  }
  return Math.round(Number(match[1]) * DURATION_US[match[2] ?? 's']);
}

const SIZE_OCTETS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** A size in octets: a number with an optional binary unit (`64KiB`, `512M`, `2GiB`). */
export function sizeOctets(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  if (match === null) throw new UnitError(`'${text}' is no size: expected a number with K, M or G, such as 512M`);
  return Math.round(Number(match[1]) * SIZE_OCTETS[match[2].toLowerCase()]);
}

/** A whole number within bounds. */
export function wholeNumber(text: string, smallest: number, largest: number): number {
  const value = /^\d{1,16}$/.test(text.trim()) ? Number(text) : NaN;
  if (!(value >= smallest && value <= largest)) {
    throw new UnitError(`'${text}': expected a whole number from ${smallest} to ${largest}`);
  }
  return value;
}

/** A moment in µs since 1970: ISO 8601 (UTC unless it says otherwise) or seconds since 1970. */
export function momentUs(text: string): number {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 1e6);
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?(Z|[+-]\d{2}:?\d{2})?$/.exec(
    trimmed,
  );
  const ms = match === null ? NaN : Date.parse(`${match[1]}T${match[2] ?? '00:00'}${match[3] ?? 'Z'}`);
  if (Number.isNaN(ms)) {
    throw new UnitError(`'${text}' is no moment: expected seconds since 1970 or a date such as 2026-01-15T10:30:00Z`);
  }
  // Date knows milliseconds; the digits behind them are taken from the text.
  const fraction = /\.(\d+)/.exec(match?.[2] ?? '')?.[1] ?? '';
  return ms * 1_000 + Number(fraction.padEnd(6, '0').slice(3, 6));
}
