import { defineOptions } from './options-record.js';

/**
 * The names of the applications that `applicationId` tells (RFC 6759 §5): an engine, and a selector of three octets. nfcapd 1.7
 * wants the id beside the name, and reads one record of a Set; with the id in the scope it gives names to other ids.
 */
export const applicationNames = defineOptions({
  id: 0xd105,
  occasion: 'constant',
  scope: ['observationDomainId'],
  elements: [
    { element: 'applicationId', octets: 4 },
    { element: 'applicationName', octets: 24 },
  ],
  isAlone: true,
  values: ({ exporter, applications }) => applications.map(({ id, name }) => [exporter.observationDomainId, id, name]),
});
