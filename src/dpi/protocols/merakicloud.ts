import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** The number that a datagram begins with. */
const MAGIC = 0xfef7_2891;

export const merakiCloud: Protocol = {
  name: 'merakicloud',
  title: 'Cisco Meraki devices and their cloud',
  evidence: 'the magic number of 32 bits',
  transports: Transport.Udp,
  ports: [7351],
  first: [MAGIC >>> 24],
  least: 16,
  recognise: (octets, from): Verdict => (u32(octets, from) === MAGIC ? Verdict.Match : Verdict.NoMatch),
};
