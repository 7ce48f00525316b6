import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a probe',
    transport: 'udp',
    messages: [
      [
        'client',
        '<?xml version="1.0"?><s:Envelope xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><a:Action>urn:Probe</a:Action><d:Types>wsdp:Device</d:Types></s:Envelope>',
      ],
    ],
    path: 'wsd',
    metadata: { wsd: { actions: ['urn:Probe'], types: ['wsdp:Device'] } },
  },
];
