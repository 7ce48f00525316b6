import fs from 'node:fs';

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

/** Makes the whole process go on as that user, without any capability. Throws when it may not. */
export function becomeUser(user: User): void {
  if (process.getuid?.() === user.uid) return;
  process.setgroups?.([user.gid]);
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
}
