import { LIVE, setting } from '../setting.js';
import { UnitError, wholeNumber } from '../units.js';
import { duration, text } from '../value-types.js';

/** What a sensor needs that runs for months. */
export const DAEMON = {
  'daemon.user': setting({
    type: text('name of a user'),
    option: 'user',
    standard: null,
    help: 'Go on as this user when the capture is open (when started as root)',
    commands: LIVE,
    reloads: false,
  }),
  'daemon.socket': setting({
    type: text('path'),
    option: 'socket',
    standard: null,
    help: 'Unix socket on which weir ctl and weir top talk to this sensor',
    commands: LIVE,
    reloads: false,
  }),
  'daemon.metrics': setting({
    type: text('address:port', checkAddress),
    option: 'metrics',
    standard: null,
    help: 'Serve /metrics, /healthz and /readyz over HTTP at this address:port',
    more: 'Off unless it is set. `[::1]:9995` for IPv6.',
    commands: LIVE,
    reloads: false,
  }),
  'daemon.drainTimeout': setting({
    type: duration('0s', '1h'),
    option: 'drain-timeout',
    standard: '10s',
    help: 'How long outputs may take to send what is left at the end',
    commands: LIVE,
    reloads: true,
  }),
};

/** An address to listen at: name or IPv4 address, or an IPv6 address in brackets, and a port. */
function checkAddress(given: string): void {
  const match = /^(?:\[[0-9A-Fa-f:.]+\]|[^\s[\]:/]+):(\d+)$/.exec(given);
  if (match === null) throw new UnitError(`'${given}': expected address:port, such as 127.0.0.1:9995 or [::1]:9995`);
  wholeNumber(match[1], 0, 65_535);
}
