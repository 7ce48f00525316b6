import { startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const MAGIC = Uint8Array.of(0, 0xff, 0xff, 0, 0xfe, 0xfe, 0xfe, 0xfe, 0xfd, 0xfd, 0xfd, 0xfd, 0x12, 0x34, 0x56, 0x78);
/** Where the magic octets stand in messages outside of a connection; 0: none. */
const PLACES = new Uint8Array(0x1e);
PLACES[0x01] = 9; // ping
PLACES[0x02] = 9;
PLACES[0x05] = 1; // open connection
PLACES[0x06] = 1;
PLACES[0x07] = 1;
PLACES[0x08] = 1;
PLACES[0x19] = 2; // other version
PLACES[0x1c] = 17; // pong

export const raknet: Protocol = {
  name: 'raknet',
  title: 'RakNet, of games such as Minecraft',
  evidence: 'the magic octets of messages outside of a connection',
  transports: Transport.Udp,
  ports: [19132],
  first: [0x01, 0x02, 0x05, 0x06, 0x07, 0x08, 0x19, 0x1c],
  least: 17,
  recognise: (octets, from, to): Verdict =>
    startsWith(octets, from + PLACES[octets[from]], to, MAGIC) ? Verdict.Match : Verdict.NoMatch,
};
