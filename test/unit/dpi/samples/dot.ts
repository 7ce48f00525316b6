import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, zeros } from '../../../support/octets.js';

/** A ClientHello that offers `dot`. */
function clientHello(): Uint8Array {
  const extensions = join(u16(16, 6, 4), bytes(3), Buffer.from('dot'));
  const body = join(u16(0x0303), zeros(32), bytes(0), u16(2, 0x1301), bytes(1, 0), u16(extensions.length), extensions);
  return join(bytes(22, 3, 1), u16(body.length + 4), bytes(1, 0), u16(body.length), body);
}

export const samples: readonly Sample[] = [
  {
    name: 'a client that offers DNS',
    transport: 'tcp',
    messages: [['client', clientHello()]],
    path: 'tls.dot',
    metadata: { tls: { alpn: ['dot'] } },
  },
];
