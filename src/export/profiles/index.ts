import { cert } from './cert.js';
import { ecs } from './ecs.js';
import { eve } from './eve.js';
import { full } from './full.js';
import type { Profile } from './profile.js';
import { standard } from './standard.js';

/** What records may look like. A new profile is one more file, and a line here. */
const PROFILES: readonly Profile[] = [standard, cert, full, eve, ecs];

export const PROFILE_NAMES: readonly string[] = PROFILES.map(({ name }) => name);

/** Throws a RangeError that names those there are. */
export function profileNamed(name: string): Profile {
  const profile = PROFILES.find((each) => each.name === name);
  if (profile === undefined)
    throw new RangeError(`option profile '${name}': expected one of ${PROFILE_NAMES.join(', ')}`);
  return profile;
}
