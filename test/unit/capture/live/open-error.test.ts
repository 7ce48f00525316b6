import { execFileSync } from 'node:child_process';

import { expect, it } from 'vitest';

import { openError } from '../../../../src/capture/live/open-error.js';
import { libpcapMissing } from '../../../../src/capture/native.js';
import { namespaceTrouble } from '../../../support/live.js';
import { programPath } from '../../../support/run-weir.js';

const BUILT = new URL('../../../../dist/capture/live/open-error.js', import.meta.url).href;

const missing = libpcapMissing();
if (missing !== null) console.warn(`errors of filters are not tested: ${missing}`);

if (namespaceTrouble !== null) console.warn(`names of interfaces are not tested: ${namespaceTrouble}`);

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

it.skipIf(namespaceTrouble !== null)('names interfaces without an address, as a tap has none', () => {
  programPath();
  const script = `import { absent } from '${BUILT}'; console.log(absent('eht1').message);`;
  const start = 'mount -t sysfs sysfs /sys && ip link add tap1 type veth peer name tap2 && exec "$@"';
  const user = process.getuid?.() === 0 ? [] : ['-r'];
  const words = [...user, '-n', '-m', 'sh', '-c', start, 'sh', process.execPath, '--input-type=module', '-e', script];
  expect(execFileSync('unshare', words, { encoding: 'utf8' })).toMatch(
    /no such interface, there are lo, .*tap1.*, any$/m,
  );
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
