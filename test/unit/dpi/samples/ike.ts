import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../../support/octets.js';

/** A message of version 2 that begins an association, with a vendor id. */
function initiation(): Uint8Array {
  const payload = join(bytes(0, 0), u16(8), Buffer.from('weir'));
  return join(u32(1, 2, 0, 0), bytes(43, 0x20, 34, 8), u32(0, 28 + payload.length), payload);
}

export const samples: readonly Sample[] = [
  {
    name: 'an association is asked for',
    transport: 'udp',
    messages: [['client', initiation()]],
    path: 'ike',
    metadata: { ike: { version: 2, exchanges: [34], vendorIds: ['77656972'] } },
  },
  {
    name: 'behind the marker',
    transport: 'udp',
    messages: [['client', join(u32(0), initiation())]],
    path: 'ike',
  },
  {
    name: 'version 1',
    transport: 'udp',
    messages: [['client', join(u32(1, 2, 0, 0), bytes(1, 0x10, 2, 0), u32(0, 40), zeros(12))]],
    path: 'ike',
    metadata: { ike: { version: 1, exchanges: [2] } },
  },
];
