import { CaptureError } from '../capture-error.js';
import type { InterfaceTable } from '../interface-table.js';
import type { Backend, LiveCapture, LiveOptions } from '../live-capture.js';
import { afpacket } from './afpacket.js';
import { libpcap } from './libpcap.js';
import { npmCap } from './npm-cap.js';
import { npmPcap } from './npm-pcap.js';
import { PIPE } from './pipe.js';

/** The back-ends, the best first. */
export const BACKENDS: readonly Backend[] = [afpacket, libpcap, npmPcap, npmCap, PIPE];

export const BACKEND_NAMES: readonly string[] = BACKENDS.map(({ name }) => name);

/** The back-end that is best here. */
export const DEFAULT_BACKEND = process.platform === 'linux' ? afpacket.name : libpcap.name;

const SNAP_LENGTHS = { least: 64, most: 262_144 } as const;
const MOST_BUFFER_OCTETS = 0x7fff_ffff;
const MOST_FANOUT_GROUP = 0xffff;

/**
 * Opens `options.interfaceName` for capture with the back-end named. Throws a `CaptureError` that says what is missing and
 * what to do about it, a `RangeError` when an option is out of its range.
 */
export function openLive(backend: string, options: LiveOptions, interfaces: InterfaceTable): LiveCapture {
  const found = BACKENDS.find(({ name }) => name === backend);
  if (found === undefined) {
    throw new CaptureError('usage', backend, `no such back-end, expected ${BACKEND_NAMES.join(', ')}`);
  }
  const { interfaceName, snapLength, bufferOctets, fanoutGroup } = options;
  inRange('snap length', snapLength, SNAP_LENGTHS.least, SNAP_LENGTHS.most);
  inRange('buffer', bufferOctets, 1, MOST_BUFFER_OCTETS);
  if (fanoutGroup !== null) inRange('fanout group', fanoutGroup, 0, MOST_FANOUT_GROUP);
  const missing = found.missing();
  if (missing !== null) throw new CaptureError('unreadable', interfaceName, missing);
  if (fanoutGroup !== null && found !== afpacket) {
    throw new CaptureError('usage', interfaceName, `several workers take --capture ${afpacket.name}`);
  }
  return found.open(options, interfaces);
}

/** Whether a back-end can be used on the first thread of a program only. */
export function isOnFirstThread(backend: string): boolean {
  return BACKENDS.some(({ name, isOnFirstThread }) => name === backend && isOnFirstThread === true);
}

/** Whether something of closed captures keeps the process from ending by itself: then it has to be ended. */
export function keepsProcess(): boolean {
  return BACKENDS.some((backend) => backend.keepsProcess?.() === true);
}

function inRange(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${what} ${value}: expected a whole number from ${least} to ${most}`);
}
