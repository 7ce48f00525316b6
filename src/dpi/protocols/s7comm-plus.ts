import { cotpData } from '../cotp.js';
import { type Protocol, Transport, type Verdict } from '../protocol.js';

export const s7commPlus: Protocol = {
  name: 's7comm-plus',
  title: 'Siemens S7 communication plus',
  evidence: 'a message of protocol 0x72 behind the opening of the ISO transport',
  transports: Transport.Tcp,
  ports: [],
  first: [3],
  recognise: (octets, from, to, flow): Verdict => cotpData(octets, from, to, flow, 0x72),
};
