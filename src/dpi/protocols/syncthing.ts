import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Magic numbers: of hellos and announcements, of relays, and of the announcements of older versions. */
const MAGIC = [0x2ea7_d90b, 0x9e79_bc40, 0x9d79_bc39, 0x7d79_bc40, 0x9f79_bc40, 0x20121025];

export const syncthing: Protocol = {
  name: 'syncthing',
  title: 'Syncthing: hellos, relays, local discovery',
  evidence: 'a magic number of 32 bits',
  transports: Transport.Both,
  ports: [22000, 21027, 22067],
  first: MAGIC.map((magic) => magic >>> 24),
  least: 8,
  recognise: (octets, from): Verdict => (MAGIC.includes(u32(octets, from)) ? Verdict.Match : Verdict.NoMatch),
};
