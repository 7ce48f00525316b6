import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header of the Data Stream Interface: flags, command, request id, error or offset, length, reserved. */
const enum Header {
  Command = 1,
  Error = 4,
  Length = 8,
  Reserved = 12,
  Octets = 16,
  LastCommand = 8,
  Longest = 0x0010_0000,
  /** Errors are negative and small. */
  FirstError = 0xffff_0000,
}

export const afp: Protocol = {
  name: 'afp',
  title: 'Apple Filing Protocol over DSI',
  evidence: 'a header with a command, a length that can be, no offset, and reserved octets of zero',
  transports: Transport.Tcp,
  ports: [548],
  first: [0, 1],
  least: Header.Octets,

  recognise(octets, from) {
    const command = octets[from + Header.Command];
    const error = u32(octets, from + Header.Error);
    const length = u32(octets, from + Header.Length);
    const isAnswer = octets[from] === 1;
    if (command === 0 || command === 7 || command > Header.LastCommand) return Verdict.NoMatch;
    if (u32(octets, from + Header.Reserved) !== 0 || length > Header.Longest) return Verdict.NoMatch;
    if (error !== 0 && !(isAnswer && error >= Header.FirstError) && command !== 6) return Verdict.NoMatch;
    // Commands of AFP and writing carry something; opening may.
    return length > 0 || isAnswer || command === 3 || command === 4 || command === 5
      ? length + error > 0
        ? Verdict.Match
        : Verdict.Likely
      : Verdict.NoMatch;
  },
};
