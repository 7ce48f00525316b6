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
  GetStatus = 3,
  OpenSession = 4,
  Write = 6,
  NoCommand = 7,
  LongestOpening = 4_096,
  Longest = 0x0010_0000,
  /** Errors are negative and small. */
  FirstError = 0xffff_0000,
}

export const afp: Protocol = {
  name: 'afp',
  title: 'Apple Filing Protocol over DSI',
  evidence:
    'a header that asks for the status or opens a session, a length that can be, no offset, reserved octets of zero',
  transports: Transport.Tcp,
  ports: [548],
  first: [0, 1],
  least: Header.Octets,

  recognise(octets, from, _to, flow) {
    const command = octets[from + Header.Command];
    const error = u32(octets, from + Header.Error);
    const length = u32(octets, from + Header.Length);
    const isAnswer = octets[from] === 1;
    if (command === 0 || command === Header.NoCommand || command > Header.LastCommand) return Verdict.NoMatch;
    if (u32(octets, from + Header.Reserved) !== 0 || length > Header.Longest) return Verdict.NoMatch;
    if (error !== 0 && !(isAnswer && error >= Header.FirstError) && command !== Header.Write) return Verdict.NoMatch;
    // A session begins with asking for the status or opening; in its middle the header says less.
    if (command === Header.GetStatus || command === Header.OpenSession)
      return flow.isStart && length <= Header.LongestOpening ? Verdict.Match : Verdict.Likely;
    return length > 0 && !flow.isStart ? Verdict.Likely : Verdict.NoMatch;
  },
};
