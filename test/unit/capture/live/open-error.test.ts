import { expect, it } from 'vitest';

import { openError } from '../../../../src/capture/live/open-error.js';
import { libpcapMissing } from '../../../../src/capture/native.js';

const missing = libpcapMissing();
if (missing !== null) console.warn(`errors of filters are not tested: ${missing}`);

/** An error as libpcap's functions throw it, whatever they could not do. */
const trouble = (text: string): Error => Object.assign(new Error(text), { code: 'PCAP' });

it.skipIf(missing !== null)('tells an expression that makes no sense from other troubles, as a wrong word', () => {
  const wrong = openError(trouble("can't parse filter expression: syntax error"), 'eth0', 'tcp porrt 3');
  expect(wrong.kind).toBe('usage');
  expect(wrong.message).toMatch(/^filter 'tcp porrt 3': .*syntax error/);
  for (const filter of ['tcp port 3', null]) {
    const other = openError(trouble('out of memory'), 'eth0', filter);
    expect({ kind: other.kind, message: other.message }).toEqual({
      kind: 'unreadable',
      message: 'eth0: out of memory',
    });
  }
});

it.each([
  ['EPERM', 'permission', /CAP_NET_RAW/],
  ['ENODEV', 'missing', /no such interface, there are .*any$/],
  ['ENETDOWN', 'unreadable', /ip link set eth0 up/],
])('%s is told in words that say what to do', (code, kind, message) => {
  const error = openError(Object.assign(new Error('x'), { code }), 'eth0', 'tcp porrt 3');
  expect(error.kind).toBe(kind);
  expect(error.message).toMatch(message);
});
