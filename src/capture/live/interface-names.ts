import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

const SYSFS = '/sys/class/net';

/** All interfaces of the system, those without an address too, as a tap's. */
export function interfaceNames(): string[] {
  if (!existsSync(SYSFS)) return Object.keys(networkInterfaces());
  // There are files beside the interfaces, such as those of bonding.
  return readdirSync(SYSFS)
    .filter((name) => existsSync(`${SYSFS}/${name}/ifindex`))
    .sort((a, b) => (attribute(a, 'ifindex') ?? 0) - (attribute(b, 'ifindex') ?? 0));
}

/** A number of an interface in sysfs; null when there is none, or the driver refuses to tell. */
export function attribute(name: string, file: string): number | null {
  try {
    const value = Number(readFileSync(`${SYSFS}/${name}/${file}`, 'utf8').trim());
    return Number.isFinite(value) ? value : null;
  } catch {
    return null;
  }
}
