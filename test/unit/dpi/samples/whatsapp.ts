import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a client with its routing',
    transport: 'tcp',
    messages: [['client', 'ED\x00\x01\x00\x00\x04\x08\x09\x08\x05WA\x06\x03\x00\x00\x24']],
    path: 'whatsapp',
  },
];
