import { u32 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Agent = 0,
  Agent6 = 1,
  Version = 2,
}

/** sFlow version 5, "sFlow Datagram Format"; versions 2 and 4 have the same beginning. */
const enum Datagram {
  Least = 28,
  Ipv4 = 1,
  Ipv6 = 2,
  MostSamples = 100,
}

export const sflow: Protocol = {
  name: 'sflow',
  title: 'sFlow',
  evidence: 'version 5, an agent, and samples whose types and lengths fit',
  transports: Transport.Udp,
  ports: [6343],
  first: [0],
  least: Datagram.Least,
  elements: [
    { name: 'agent', type: ElementType.Ipv4 },
    { name: 'agent6', type: ElementType.Ipv6 },
    { name: 'version', type: ElementType.Unsigned },
  ],

  recognise(octets, from, to, flow) {
    const version = u32(octets, from);
    const family = u32(octets, from + 4);
    if ((version !== 5 && version !== 4 && version !== 2) || (family !== Datagram.Ipv4 && family !== Datagram.Ipv6))
      return Verdict.NoMatch;
    // Version 5 has the number of the agent's part; then sequence, uptime, count of samples.
    const count = from + (family === Datagram.Ipv4 ? 12 : 24) + (version === 5 ? 12 : 8);
    if (count + 12 > to || u32(octets, count) === 0 || u32(octets, count) > Datagram.MostSamples)
      return Verdict.NoMatch;
    const type = u32(octets, count + 4);
    const isType = (type >= 1 && type <= 5) || type >>> 12 > 0;
    if (version !== 5) return isType ? Verdict.Likely : Verdict.NoMatch;
    const isSized = count + 12 + u32(octets, count + 8) <= from + flow.wireOctets;
    return isType && isSized ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      if (to - from < Datagram.Least) return Extract.End;
      flow.out.unsigned(Place.Version, u32(octets, from));
      if (u32(octets, from + 4) === Datagram.Ipv4) flow.out.ipv4(Place.Agent, octets, from + 8);
      else flow.out.ipv6(Place.Agent6, octets, from + 8);
      return Extract.End;
    },
  },
};
