import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const MAGIC = ascii('RTPS');
const MAGIC_OF_RTI = ascii('RTPX');

/** Header: magic, version, vendor, prefix of the globally unique ids (DDSI-RTPS §9.4.4). */
const enum Header {
  Version = 4,
  Octets = 20,
  LastVersion = 2,
}

export const rtps: Protocol = {
  name: 'rtps',
  title: 'Real-Time Publish-Subscribe, the wire protocol of DDS',
  evidence: 'RTPS and a version 1 or 2',
  transports: Transport.Both,
  ports: [7400, 7401, 7410, 7411],
  first: [MAGIC[0]],
  least: Header.Octets,

  recognise(octets, from, to) {
    if (!startsWith(octets, from, to, MAGIC) && !startsWith(octets, from, to, MAGIC_OF_RTI)) return Verdict.NoMatch;
    const version = octets[from + Header.Version];
    return version >= 1 && version <= Header.LastVersion ? Verdict.Match : Verdict.NoMatch;
  },
};
