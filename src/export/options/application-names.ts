import { defineOptions } from './options-record.js';

/** The names of the applications that `applicationId` tells (RFC 6759 §5). */
export const applicationNames = defineOptions({
  id: 0xd106,
  occasion: 'constant',
  scope: ['applicationId'],
  elements: ['applicationName'],
  // As in flow records; tshark reads no Options Template of variable lengths alone.
  octets: { applicationId: 4 },
  values: ({ applications }) => applications.map(({ id, name }) => [id, name]),
});
