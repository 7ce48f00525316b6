import { isZero } from '../little-endian.js';
import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const enum Frame {
  Start = 0x0000_55aa,
  /** Version 3.5. */
  NewStart = 0x0000_6699,
  Command = 8,
  Length = 12,
  Octets = 16,
}

export const tuyalp: Protocol = {
  name: 'tuyalp',
  title: 'Tuya, devices in the local network',
  evidence: 'a frame between its magic octets, with a command and a length that fits',
  transports: Transport.Both,
  ports: [6666, 6667, 6668, 7000],
  first: [0],
  least: Frame.Octets,
  recognise(octets, from, to, flow) {
    const start = u32(octets, from);
    if (start !== Frame.Start && start !== Frame.NewStart) return Verdict.NoMatch;
    if (start === Frame.NewStart) return u16(octets, from + 4) === 0 ? Verdict.Match : Verdict.NoMatch;
    const length = u32(octets, from + Frame.Length);
    if (!isZero(octets, from + Frame.Command, from + Frame.Command + 3) || length < 8 || length > 4_096)
      return Verdict.NoMatch;
    const isWhole = flow.transport === Transport.Tcp || flow.wireOctets === Frame.Octets + length;
    return isWhole && to > from ? Verdict.Match : Verdict.NoMatch;
  },
};
