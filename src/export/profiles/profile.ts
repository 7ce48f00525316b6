import type { CounterKind, ExportField } from '../fields/export-field.js';

/**
 * A field of a profile: the name of what is measured (measured-fields.ts), or that with some of its properties set otherwise;
 * with all properties given it may also be something that is not measured. What no meter measures is left out.
 */
export type ProfileField = string | ProfileOverride;

export interface ProfileOverride extends Partial<ExportField> {
  readonly element: string;
  /** Gives way to a measured field of the same element, of which it sets `octets` and `when` alone. */
  readonly isDefault?: boolean;
  /** Left out unless that element is measured. */
  readonly onlyWith?: string;
}

/** Which fields records have, in which order. A new profile is one more file, and a line in the list. */
export interface Profile {
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** Times named in milliseconds, counters as delta counters; null: all that is measured. */
  readonly fields: readonly ProfileField[] | null;
  /** Default of the `counters` option. */
  readonly counters: CounterKind;
  /** For JSON alone: keys stand where another program's records have them. */
  readonly isJson?: boolean;
}
