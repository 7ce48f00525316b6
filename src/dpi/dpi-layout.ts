import { Base, type FlowField, Format, Present } from '../flow/flow-field.js';
import type { Meter } from '../flow/meter.js';
import { DpiWord } from './flow-state.js';

/** The label number of a record; name, path and metadata are derived by the exporters. */
const DPI_FIELDS: readonly FlowField[] = [
  {
    element: 'silkAppLabel',
    base: Base.Meter,
    source: DpiWord.Number,
    format: Format.Unsigned,
    bits: 16,
    when: Present.Label,
  },
  {
    element: 'applicationId',
    base: Base.Meter,
    source: DpiWord.Application,
    format: Format.Unsigned,
    when: Present.Label,
  },
];

/** How the rows look to those that do not inspect themselves: the thread that merges, the exporters. */
export const DPI_LAYOUT: Pick<Meter, 'name' | 'words' | 'fields'> = {
  name: 'dpi',
  words: DpiWord.Words,
  fields: DPI_FIELDS,
};
