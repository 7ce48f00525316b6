import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Version, command, length; then fields with type and length, of which the first is the hardware address. */
const enum Message {
  HeaderOctets = 4,
  HardwareAddress = 1,
  WithAddress = 2,
  LastVersion = 2,
  LastCommand = 0x0b,
}

const MOST_FIELDS = 64;

export const ubntac2: Protocol = {
  name: 'ubntac2',
  title: 'Ubiquiti discovery',
  evidence: 'version, command and length, and fields that fill the datagram with a hardware address in front',
  transports: Transport.Udp,
  ports: [10001],
  first: [1, 2],
  least: 16,

  recognise(octets, from, to, flow) {
    if (octets[from + 1] > Message.LastCommand) return Verdict.NoMatch;
    const length = u16(octets, from + 2);
    if (length + Message.HeaderOctets !== flow.wireOctets || to - from !== flow.wireOctets) return Verdict.NoMatch;
    const first = octets[from + 4];
    const size = u16(octets, from + 5);
    const isAddress =
      (first === Message.HardwareAddress && size === 6) || (first === Message.WithAddress && size === 10);
    if (!isAddress) return Verdict.NoMatch;
    let p = from + Message.HeaderOctets;
    for (let n = 0; n < MOST_FIELDS && p + 3 <= to; n++) p += 3 + u16(octets, p + 1);
    return p === to ? Verdict.Match : Verdict.NoMatch;
  },
};
