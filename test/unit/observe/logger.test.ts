import { expect, it } from 'vitest';

import { LimitedLog } from '../../../src/observe/logger.js';

function logAt(level: 'error' | 'warn' | 'info' | 'debug'): {
  log: LimitedLog;
  lines: string[];
  pass: (ms: number) => void;
} {
  const lines: string[] = [];
  let now = 0;
  const log = new LimitedLog(
    (severity, code, message) => void lines.push(`${severity} ${code} ${message}`),
    level,
    () => now,
  );
  return { log, lines, pass: (ms) => void (now += ms) };
}

it('leaves out what is less than its level, which can be changed', () => {
  const { log, lines } = logAt('warn');
  const all = (): void => {
    log.error('a', 'one');
    log.warn('a', 'two');
    log.info('a', 'three');
    log.debug('a', 'four');
  };
  all();
  expect(lines).toEqual(['error a one', 'warn a two']);
  log.level = 'debug';
  all();
  expect(lines.slice(2)).toEqual(['error a one', 'warn a two', 'info a three', 'debug a four']);
});

it('writes ten messages of a code a minute, and counts the others', () => {
  const { log, lines, pass } = logAt('info');
  for (let n = 0; n < 1_000; n++) log.warn('flood', `message ${n}`);
  log.warn('other', 'is heard all the same');
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe('warn other is heard all the same');
  pass(60_000);
  log.warn('flood', 'again');
  expect(lines.slice(11)).toEqual(['warn flood 990 more messages like the next one were left out', 'warn flood again']);
});
