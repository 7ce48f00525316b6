import { name, nameLength, readNetBiosName, skipNetBiosName } from '../netbios-name.js';
import { u16 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Type = 0,
  SourceName = 1,
  DestinationName = 2,
  SourceAddress = 3,
}

/** RFC 1002 §4.4.1. */
const enum Header {
  Source = 4,
  Port = 8,
  Length = 10,
  Octets = 10,
  /** With length and offset, as those with data have them. */
  DataOctets = 14,
  LastWithData = 0x12,
}

export const netbiosDgm: Protocol = {
  name: 'netbios-dgm',
  title: 'NetBIOS datagram service',
  evidence:
    'a type from 16 to 22 and a header that repeats port and length, or that is followed by names of 32 letters from A to P (RFC 1002 §4.4)',
  transports: Transport.Udp,
  ports: [138],
  first: [0x10, 0x11, 0x12, 0x14, 0x15, 0x16],
  least: Header.DataOctets,
  elements: [
    { name: 'type', type: ElementType.Unsigned },
    { name: 'sourceName', type: ElementType.Text, max: 16 },
    { name: 'destinationName', type: ElementType.Text, max: 16 },
    { name: 'sourceAddress', type: ElementType.Ipv4 },
  ],

  recognise(octets, from, to, flow) {
    if (octets[from + 1] & 0xf0) return Verdict.NoMatch;
    // Sender's port and length of the data are repeated in the header.
    const isRepeated =
      u16(octets, from + Header.Port) === flow.sourcePort &&
      u16(octets, from + Header.Length) + Header.DataOctets === flow.wireOctets;
    if (isRepeated && octets[from] <= Header.LastWithData) return Verdict.Match;
    const first = from + (octets[from] <= Header.LastWithData ? Header.DataOctets : Header.Octets);
    return skipNetBiosName(octets, first, to) > 0 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      const { out } = flow;
      const hasData = octets[from] <= Header.LastWithData;
      const first = from + (hasData ? Header.DataOctets : Header.Octets);
      const end = skipNetBiosName(octets, first, to);
      if (end < 0) return Extract.End;
      out.unsigned(Place.Type, octets[from]);
      readNetBiosName(octets, first);
      out.text(hasData ? Place.SourceName : Place.DestinationName, name, 0, nameLength);
      if (hasData && skipNetBiosName(octets, end, to) > 0) {
        readNetBiosName(octets, end);
        out.text(Place.DestinationName, name, 0, nameLength);
      }
      out.ipv4(Place.SourceAddress, octets, from + Header.Source);
      return Extract.End;
    },
  },
};
