import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Of a discovery message: `TS` and a speech balloon in UTF-8. */
const MAGIC = ascii('TS\xf0\x9f\x92\xac');

export const tailscale: Protocol = {
  name: 'tailscale',
  title: 'Tailscale discovery between peers',
  evidence: 'the six magic octets of a discovery message',
  transports: Transport.Udp,
  ports: [41641],
  first: [MAGIC[0]],
  least: MAGIC.length + 32,
  recognise: (octets, from, to) => (startsWith(octets, from, to, MAGIC) ? Verdict.Match : Verdict.NoMatch),
};
