import fs from 'node:fs';

import { native, nativeMissing } from '../../capture/native.js';

/** A user to go on as. */
export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The user of that name or number. Throws a RangeError. */
export function findUser(name: string, passwdFile = '/etc/passwd'): User {
  const entries = fs
    .readFileSync(passwdFile, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const entry = entries.find(([login, , uid]) => login === name || uid === name);
  if (entry === undefined) throw new RangeError(`user '${name}': there is none of this name in ${passwdFile}`);
  return { name: entry[0], uid: Number(entry[2]), gid: Number(entry[3]) };
}

/**
 * Capabilities belong to threads. One that captures keeps its own before the process becomes another user, and afterwards
 * limits them to CAP_NET_RAW, so that it can open an interface that comes back; all others lose theirs. Throws when it may
 * not.
 */
export function rightsOfThread(step: 'keep' | 'limit'): void {
  // Without the addon only a pipe is read, which takes no right.
  if (nativeMissing() !== null) return;
  const addon = native('capabilities');
  if (step === 'keep') addon.keepRights?.();
  else addon.limitRights?.();
}
