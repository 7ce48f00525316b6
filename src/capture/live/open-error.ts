import { CaptureError, errorCode, errorText } from '../capture-error.js';
import { ANY_INTERFACE } from '../live-capture.js';
import { checkFilter } from '../packet-filter.js';
import { interfaceNames } from './interface-names.js';

/**
 * Why an interface could not be opened, in words that say what to do.
 * @param filter the expression that was to be compiled for it; null for none
 */
export function openError(error: unknown, interfaceName: string, filter: string | null = null): CaptureError {
  if (error instanceof CaptureError) return error;
  const options = { cause: error };
  const text = errorText(error);
  switch (errorCode(error)) {
    case 'EPERM':
    case 'EACCES':
      return new CaptureError(
        'permission',
        interfaceName,
        `no permission (${text}): capturing takes the capability CAP_NET_RAW, ` +
          'as root has it, or a service with AmbientCapabilities=CAP_NET_RAW, or a container with --cap-add NET_RAW',
        options,
      );
    case 'ENODEV':
    case 'ENXIO':
      return absent(interfaceName, options);
    case 'ENETDOWN':
      return new CaptureError('unreadable', interfaceName, `is down: 'ip link set ${interfaceName} up'`, options);
    case 'ENOMEM':
    case 'ENOBUFS':
      return new CaptureError('unreadable', interfaceName, `no memory for the buffer (${text}): ask for less`, options);
    default:
      return filterError(filter) ?? new CaptureError('unreadable', interfaceName, text, options);
  }
}

/** What is wrong with an expression that makes no sense anywhere; null when it is not to blame. libpcap has one code for all its errors. */
function filterError(filter: string | null): CaptureError | null {
  if (filter === null) return null;
  try {
    checkFilter(filter);
    return null;
  } catch (error) {
    if (error instanceof CaptureError && error.kind === 'usage') return error;
    throw error;
  }
}

/** Code of an error of those that have no hardware time stamps. */
export const NO_TIMESTAMPS = 'TIMESTAMPS';

/** Why there are no hardware time stamps, when that is what an interface could not be opened for; else null. */
export function timestampTrouble(error: unknown): string | null {
  const cause = error instanceof CaptureError ? error.cause : undefined;
  return errorCode(cause) === NO_TIMESTAMPS ? errorText(cause) : null;
}

/** There is no interface of that name. */
export function absent(interfaceName: string, options?: ErrorOptions): CaptureError {
  const names = [...interfaceNames(), ANY_INTERFACE].join(', ');
  return new CaptureError('missing', interfaceName, `no such interface, there are ${names}`, options);
}
