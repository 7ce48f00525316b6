import { LOG_FORMATS } from '../../observe/log.js';
import { BOTH, LIVE, REPLAY, setting } from '../setting.js';
import { choice, duration, onOff, text, whole } from '../value-types.js';

export const STATISTICS_FORMATS = ['text', 'json', 'none'] as const;
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
const MAX_WORKERS = 64;

/** How a run works and what it tells. */
export const RUN = {
  workers: setting({
    type: whole(1, MAX_WORKERS, 'auto'),
    option: 'workers',
    standard: '1',
    help: "Threads that meter, or 'auto': one a processor",
    more: 'In a replay each reads the whole input, and the first one writes.',
    commands: BOTH,
    reloads: false,
  }),
  'statistics.format': setting({
    type: choice(STATISTICS_FORMATS),
    option: 'stats',
    standard: 'text',
    help: 'How to tell the ledger on standard error',
    more: 'At the end. See [the ledger](operating.md#the-ledger).',
    commands: BOTH,
    reloads: false,
  }),
  'statistics.file': setting({
    type: text('file'),
    option: 'stats-file',
    standard: null,
    help: 'Write the ledger as JSON to this file as well',
    commands: BOTH,
    reloads: false,
  }),
  'statistics.interval': setting({
    type: duration('1s', '1d'),
    option: 'stats-interval',
    standard: '5m',
    help: 'How often statistics are exported and logged',
    commands: LIVE,
    reloads: true,
  }),
  'log.format': setting({
    type: choice(LOG_FORMATS),
    option: 'log',
    standard: 'text',
    help: 'How messages stand on standard error',
    more: '`text`: lines for people. `json`: JSON lines with level, time, command and msg.',
    commands: BOTH,
    reloads: false,
  }),
  'log.level': setting({
    type: choice(LOG_LEVELS),
    option: 'log-level',
    standard: 'info',
    help: 'The least that is logged',
    commands: LIVE,
    reloads: true,
  }),
  'log.progress': setting({
    type: onOff(),
    option: 'progress',
    standard: 'true',
    help: 'Show progress on a terminal',
    more: 'On standard error, while it is a terminal.',
    commands: REPLAY,
    reloads: false,
  }),
};
