import { ascii, find, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const MEMBER = ascii('"jsonrpc"');
/** In front of a message: how the language server protocol and others tell its length. */
const LENGTH = ascii('Content-Length: ');
const WINDOW = 512;

export const jsonRpc: Protocol = {
  name: 'json-rpc',
  title: 'JSON-RPC 2.0 over a connection of its own',
  evidence: 'an object, or a list of them, with the member jsonrpc',
  transports: Transport.Tcp,
  ports: [],
  first: [0x7b, 0x5b, LENGTH[0]],
  least: 16,

  recognise(octets, from, to) {
    if (octets[from] === LENGTH[0] && !startsWith(octets, from, to, LENGTH)) return Verdict.NoMatch;
    if (find(octets, from, Math.min(to, from + WINDOW), MEMBER) >= 0) return Verdict.Likely;
    return to - from < WINDOW ? Verdict.NeedMore : Verdict.NoMatch;
  },
};
