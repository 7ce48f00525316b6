import { defineOptions } from './options-record.js';

/** The names of the applications that `applicationId` tells (RFC 6759 §5). */
export const applicationNames = defineOptions({
  id: 0xd105,
  occasion: 'constant',
  scope: ['applicationId'],
  elements: ['applicationName'],
  values: ({ applications }) => applications.map(({ id, name }) => [id, name]),
});
