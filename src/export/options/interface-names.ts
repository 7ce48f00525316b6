import { defineOptions } from './options-record.js';

/** The names of the interfaces that `ingressInterface` tells by number. */
export const interfaceNames = defineOptions({
  id: 0xd102,
  occasion: 'growing',
  scope: ['observationDomainId', 'ingressInterface'],
  elements: [{ element: 'interfaceName', octets: 64 }],
  values: ({ exporter, interfaces }) =>
    interfaces.map(({ number, name }) => [exporter.observationDomainId, number, name]),
});

/** The same interfaces in words. nfcapd wants the number beside the text, not in the scope, and nothing else. */
export const interfaceDescriptions = defineOptions({
  id: 0xd107,
  occasion: 'growing',
  scope: ['observationDomainId'],
  elements: ['ingressInterface', { element: 'interfaceDescription', octets: 128 }],
  values: ({ exporter, interfaces }) =>
    interfaces.map((each) => [exporter.observationDomainId, each.number, interfaceText(each)]),
});

/** Name and description, in one. */
export function interfaceText({ name, description }: { readonly name: string; readonly description: string }): string {
  return description.includes(name) ? description : `${name}, ${description}`;
}
