import { defineOptions } from './options-record.js';

/** The names of the interfaces that `ingressInterface` tells by number. */
export const interfaceNames = defineOptions({
  id: 0xd102,
  occasion: 'growing',
  scope: ['ingressInterface'],
  elements: ['interfaceName', 'interfaceDescription'],
  values: ({ interfaces }) => interfaces.map(({ number, name, description }) => [number, name, description]),
});
