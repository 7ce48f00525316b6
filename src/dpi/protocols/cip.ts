import { u16le } from '../little-endian.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

export const cip: Protocol = {
  name: 'cip',
  title: 'Common Industrial Protocol: implicit messages of EtherNet/IP',
  evidence: 'two items: a sequenced address and connected data, which end with the datagram',
  transports: Transport.Udp,
  ports: [2222],
  first: [2],
  least: 18,
  recognise(octets, from, _to, flow) {
    const isAddress = u16le(octets, from + 2) === 0x8002 && u16le(octets, from + 4) === 8;
    const isData = u16le(octets, from + 14) === 0xb1 && u16le(octets, from + 16) + 18 === flow.wireOctets;
    return octets[from + 1] === 0 && isAddress && isData ? Verdict.Match : Verdict.NoMatch;
  },
};
