import { REPLAY, setting } from '../setting.js';
import { list, moment } from '../value-types.js';

/** Which captures are read, and what of them. */
export const INPUT = {
  'input.lists': setting({
    type: list('file'),
    option: 'list',
    standard: null,
    help: 'File that names captures, one a line; repeat it for several',
    more: 'Empty lines and lines with `#` in front are skipped.',
    commands: REPLAY,
    reloads: false,
  }),
  'input.from': setting({
    type: moment(),
    option: 'from',
    standard: null,
    help: 'Leave out packets before this moment: 2026-01-15T10:30:00Z, or seconds since 1970',
    commands: REPLAY,
    reloads: false,
  }),
  'input.to': setting({
    type: moment(),
    option: 'to',
    standard: null,
    help: 'Leave out packets from this moment on',
    more: 'Must lie after `--from`. What is left out is in the ledger as `filtered`.',
    commands: REPLAY,
    reloads: false,
  }),
};
