import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** The request for a connection of Notes RPC: six octets of length and session, then its constants. */
const enum Request {
  Constant = 6,
  High = 0x0000_0200,
  Low = 0x0040_020f,
  Octets = 16,
}

export const lotusNotes: Protocol = {
  name: 'lotusnotes',
  title: 'Notes RPC of Lotus Notes and Domino',
  evidence: 'the eight octets that a request for a connection has behind its length',
  transports: Transport.Tcp,
  ports: [1352],
  least: Request.Octets,
  recognise: (octets, from): Verdict =>
    u32(octets, from + Request.Constant) === Request.High && u32(octets, from + Request.Constant + 4) === Request.Low
      ? Verdict.Match
      : Verdict.NoMatch,
};
