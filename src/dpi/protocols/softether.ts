import { ascii, find, isDigit, startsWith } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const ADDRESS = ascii('IP=');
const PORT = ascii(',PORT=');
const LONGEST = 96;

export const softether: Protocol = {
  name: 'softether',
  title: 'SoftEther VPN, its NAT traversal',
  evidence: 'the answer IP=…,PORT=… that tells a host its own address',
  transports: Transport.Udp,
  ports: [],
  first: [ADDRESS[0]],
  least: ADDRESS.length + PORT.length + 2,
  elements: [{ name: 'address', type: ElementType.Text, max: LONGEST }],

  recognise(octets, from, to) {
    if (to - from > LONGEST || !startsWith(octets, from, to, ADDRESS)) return Verdict.NoMatch;
    const port = find(octets, from, to, PORT);
    return port > 0 && isDigit(octets[to - 1]) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      flow.out.text(0, octets, from, to);
      return Extract.End;
    },
  },
};
