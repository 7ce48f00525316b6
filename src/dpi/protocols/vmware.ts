import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const GREETING = ascii('220 VMware Authentication Daemon');

export const vmware: Protocol = {
  name: 'vmware',
  title: 'VMware consoles and authentication',
  evidence: 'the line that the daemon begins with',
  transports: Transport.Tcp,
  ports: [902, 903],
  first: [GREETING[0]],
  least: GREETING.length,
  recognise: (octets, from, to): Verdict => (startsWith(octets, from, to, GREETING) ? Verdict.Match : Verdict.NoMatch),
};
