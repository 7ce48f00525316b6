import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** KNXnet/IP header: its size 6, version 1.0, service, total length. */
export const knxnetIp: Protocol = {
  name: 'knxnet_ip',
  title: 'KNXnet/IP',
  evidence: 'a header of version 1.0 with a known service whose length is that of the message',
  transports: Transport.Both,
  ports: [3671],
  first: [6],
  least: 6,
  recognise(octets, from, to, flow) {
    const family = octets[from + 2];
    const length = u16(octets, from + 4);
    const isKnown = (family >= 2 && family <= 7) || family === 9;
    if (octets[from + 1] !== 0x10 || !isKnown || octets[from + 3] > 0x40 || length < 6) return Verdict.NoMatch;
    if (flow.transport === Transport.Udp) return length === flow.wireOctets ? Verdict.Match : Verdict.NoMatch;
    return length <= 512 && to > from ? Verdict.Match : Verdict.NoMatch;
  },
};
