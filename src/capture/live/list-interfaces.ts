import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

import { errorText } from '../capture-error.js';
import { ANY_INTERFACE } from '../live-capture.js';
import { libpcapMissing, native } from '../native.js';
import { BACKENDS } from './backends.js';
import { attribute, interfaceNames } from './interface-names.js';

export interface ListedInterface {
  readonly name: string;
  /** Null for what is no network interface of the system: `any`, and devices that only libpcap knows. */
  readonly ifIndex: number | null;
  /** `up` with a link, `no link`, `down`; null where that means nothing. */
  readonly state: 'up' | 'no link' | 'down' | null;
  /** Null where the interface does not tell, as virtual ones do. */
  readonly bitsPerSecond: number | null;
  readonly mtu: number | null;
  /** With prefix length. */
  readonly addresses: readonly string[];
  /** libpcap's words for a device that only it knows. */
  readonly description: string | null;
  /** Names of the back-ends that can capture from it here, permission aside. */
  readonly backends: readonly string[];
}

export interface ListedBackend {
  readonly name: string;
  readonly summary: string;
  /** What is missing; null when it can be used. */
  readonly missing: string | null;
}

export interface InterfaceList {
  readonly interfaces: readonly ListedInterface[];
  readonly backends: readonly ListedBackend[];
  /** What this process lacks to capture; null when it has it, or nobody can say. */
  readonly missingPermission: string | null;
  /** What could not be found out, for people. */
  readonly trouble: string | null;
}

const FLAG_UP = 1;
const FLAG_RUNNING = 0x40;
const MEGABIT = 1_000_000;
const CAP_NET_RAW = 13;

/** What there is to capture from, by which back-ends, and what is missing for it. */
export function listInterfaces(): InterfaceList {
  const backends = BACKENDS.map((each) => ({ name: each.name, summary: each.summary, missing: each.missing() }));
  const ready = backends.filter(({ missing }) => missing === null).map(({ name }) => name);
  const names = interfaceNames();
  const interfaces = [...names, ANY_INTERFACE].map((name) => describe(name, ready));
  let trouble: string | null = null;
  try {
    for (const device of otherDevices(names)) interfaces.push(device);
  } catch (error) {
    trouble = `libpcap does not tell its devices: ${errorText(error)}`;
  }
  return { interfaces, backends, missingPermission: missingPermission(), trouble };
}

function describe(name: string, backends: readonly string[]): ListedInterface {
  const addresses = (networkInterfaces()[name] ?? []).map(({ address, cidr }) => cidr ?? address);
  const flags = attribute(name, 'flags');
  const speed = attribute(name, 'speed');
  return {
    name,
    ifIndex: attribute(name, 'ifindex'),
    state: flags === null ? null : (flags & FLAG_UP) === 0 ? 'down' : hasLink(name, flags) ? 'up' : 'no link',
    bitsPerSecond: speed !== null && speed > 0 ? speed * MEGABIT : null,
    mtu: attribute(name, 'mtu'),
    addresses,
    description: name === ANY_INTERFACE ? 'all interfaces' : null,
    backends,
  };
}

/** `carrier` can be read of interfaces that are up. */
function hasLink(name: string, flags: number): boolean {
  const carrier = attribute(name, 'carrier');
  return carrier === null ? (flags & FLAG_RUNNING) !== 0 : carrier === 1;
}

/** What only libpcap can open: USB, Bluetooth, netfilter's log, cards with drivers of their own. */
function otherDevices(names: readonly string[]): ListedInterface[] {
  if (libpcapMissing() !== null) return [];
  const told = native('libpcap').pcapDevices();
  const devices: ListedInterface[] = [];
  for (let i = 0; i < told.length; i += 2) {
    const [name, description] = [told[i], told[i + 1]];
    if (names.includes(name) || name === ANY_INTERFACE) continue;
    const unknown = { ifIndex: null, state: null, bitsPerSecond: null, mtu: null, addresses: [] };
    devices.push({ name, ...unknown, description: description === '' ? null : description, backends: ['libpcap'] });
  }
  return devices;
}

/** Looks for CAP_NET_RAW among the effective capabilities; elsewhere than on Linux only an attempt would tell. */
function missingPermission(): string | null {
  const status = '/proc/self/status';
  if (!existsSync(status)) return null;
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync(status, 'utf8'))?.[1];
  if (mask === undefined) return null;
  // Capability sets have up to 64 bits; the one that is wanted is among the lowest 32.
  const low = Number.parseInt(mask.slice(-8), 16);
  if ((low >>> CAP_NET_RAW) & 1) return null;
  return 'CAP_NET_RAW is missing: run as root, in a service with AmbientCapabilities=CAP_NET_RAW, or in a container with --cap-add NET_RAW';
}
