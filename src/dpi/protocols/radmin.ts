import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** A message: 1, length, checksum, data. A client begins with one octet, whose checksum is itself. */
const enum Message {
  Start = 1,
  Length = 1,
  Checksum = 5,
  Data = 9,
  Octets = 10,
}

export const radmin: Protocol = {
  name: 'radmin',
  title: 'Radmin remote control',
  evidence: 'the first message of a client: one octet with its length and checksum',
  transports: Transport.Tcp,
  ports: [4899],
  first: [Message.Start],
  least: Message.Octets,
  recognise: (octets, from, to): Verdict =>
    u32(octets, from + Message.Length) === 1 &&
    u32(octets, from + Message.Checksum) === octets[from + Message.Data] &&
    octets[from + Message.Data] !== 0 &&
    to - from === Message.Octets
      ? Verdict.Match
      : Verdict.NoMatch,
};
