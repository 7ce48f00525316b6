import type { Profile } from './profile.js';

/** Everything, those of further meters included. */
export const full: Profile = {
  name: 'full',
  description: 'all that is measured',
  fields: null,
  counters: 'delta',
};
