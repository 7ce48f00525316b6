import { readFileSync } from 'node:fs';

import { ANY_INTERFACE } from '../live-capture.js';
import { native, nativeMissing, SystemError } from '../native.js';

export interface InterfaceStatus {
  /** Null when the interface is there, else what is wrong. */
  readonly error: string | null;
  readonly index: number;
  /** Switched on; whether there is a link is another matter. */
  readonly isUp: boolean;
  /** ARPHRD_ value. */
  readonly hardware: number;
}

const FLAG_UP = 1;
const ABSENT: InterfaceStatus = { error: 'no such interface', index: 0, isUp: false, hardware: 0 };
const ALL: InterfaceStatus = { error: null, index: 0, isUp: true, hardware: 0 };

const status = new Int32Array(3);

/** Asks the kernel about an interface: through the addon, which knows the network namespace of this process, or in sysfs. */
export function interfaceStatus(name: string): InterfaceStatus {
  if (name === ANY_INTERFACE) return ALL;
  if (nativeMissing() !== null || native(name).interfaceStatus === undefined) return fromSysfs(name);
  const error = -native(name).interfaceStatus(name, status);
  if ((error as SystemError) === SystemError.NoDevice) return ABSENT;
  if (error !== 0) return { ...ABSENT, error: `the system does not tell (error ${error})` };
  return { error: null, index: status[0], isUp: (status[1] & FLAG_UP) !== 0, hardware: status[2] };
}

function fromSysfs(name: string): InterfaceStatus {
  const read = (file: string): number => Number(readFileSync(`/sys/class/net/${name}/${file}`, 'utf8').trim());
  try {
    const isUp = (read('flags') & FLAG_UP) !== 0;
    return { error: null, index: read('ifindex'), isUp, hardware: read('type') };
  } catch {
    return ABSENT;
  }
}
