import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16 } from '../../../support/octets.js';

const text = (value: string): Uint8Array => join(u16(value.length), Buffer.from(value));

/** A message of version 2 with its length. */
function message(number: number, body: Uint8Array): Uint8Array {
  const rest = join(u16(0, 0), bytes(0), u16(9), text('en'), body);
  return join(bytes(2, number, 0), u16(rest.length + 5), rest);
}

const request = message(1, join(text(''), text('service:printer'), text('default'), text(''), text('')));
const reply = message(2, join(u16(0, 0)));

export const samples: readonly Sample[] = [
  {
    name: 'a request for printers',
    transport: 'udp',
    messages: [
      ['client', request],
      ['server', reply],
    ],
    path: 'slp',
    metadata: { slp: { version: 2, function: 1, language: 'en', strings: ['service:printer', 'default'] } },
  },
];
