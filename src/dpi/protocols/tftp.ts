import { ascii, indexOf, isText, startsWithAnyCase, u16 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Filename = 0,
  Mode = 1,
  IsWrite = 2,
  Error = 3,
}

/** RFC 1350 §5, RFC 2347. */
const enum Opcode {
  Read = 1,
  Write = 2,
  Data = 3,
  Acknowledgement = 4,
  Error = 5,
  OptionAcknowledgement = 6,
}
const MODES: readonly Uint8Array[] = [ascii('OCTET\0'), ascii('NETASCII\0'), ascii('MAIL\0')];
const OPTIONS: readonly Uint8Array[] = [
  ascii('BLKSIZE\0'),
  ascii('TSIZE\0'),
  ascii('TIMEOUT\0'),
  ascii('WINDOWSIZE\0'),
];
const LONGEST_NAME = 255;
const BLOCK = 512;

const enum Refined {
  Self = 0,
}

export const tftp: Protocol = {
  name: 'tftp',
  title: 'Trivial File Transfer Protocol',
  evidence: 'a request with a file name and a mode; its answers, which come from another port, by expectation',
  transports: Transport.Udp,
  ports: [69],
  first: [0],
  least: 4,
  words: 2,
  refines: ['tftp'],
  refinesLabels: true,
  elements: [
    { name: 'filename', type: ElementType.Text, many: true, ie: 'tftpFilename' },
    { name: 'mode', type: ElementType.Text, ie: 'tftpMode' },
    { name: 'write', type: ElementType.Flag },
    { name: 'error', type: ElementType.Text },
  ],

  recognise(octets, from, to, flow) {
    const { words, memory } = flow;
    switch (u16(octets, from)) {
      case Opcode.Read:
      case Opcode.Write:
        return modeAt(octets, from, to) > 0 ? Verdict.Match : Verdict.NoMatch;
      case Opcode.OptionAcknowledgement:
        return isOneOf(octets, from + 2, to, OPTIONS) ? Verdict.Match : Verdict.NoMatch;
      case Opcode.Error: {
        // A code, and text that a zero ends.
        const isText0 = to - from > 6 && octets[to - 1] === 0 && isText(octets, from + 4, to - 1);
        return octets[from + 2] === 0 && octets[from + 3] <= 8 && isText0 ? Verdict.Likely : Verdict.NoMatch;
      }
      case Opcode.Data: {
        // A block is acknowledged with its number by the other side.
        const block = u16(octets, from + 2);
        if (flow.wireOctets > BLOCK + 4 || block === 0) return Verdict.NoMatch;
        if (words[memory] !== 0 && words[memory + 1] === 1 + flow.direction) return Verdict.NoMatch;
        words[memory] = block;
        words[memory + 1] = 1 + flow.direction;
        return Verdict.NeedMore;
      }
      case Opcode.Acknowledgement: {
        const isBlock = flow.wireOctets === 4 && words[memory] === u16(octets, from + 2) && words[memory] > 0;
        return isBlock && words[memory + 1] === 2 - flow.direction ? Verdict.Match : Verdict.NoMatch;
      }
    }
    return Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      if (to - from < 4) return Extract.End;
      const opcode = u16(octets, from);
      const { out } = flow;
      if (opcode === Opcode.Read || opcode === Opcode.Write) {
        const mode = modeAt(octets, from, to);
        if (mode < 0) return Extract.End;
        flow.expect(Transport.Udp, flow.sourcePort, Refined.Self);
        out.text(Place.Filename, octets, from + 2, mode - 1);
        out.text(Place.Mode, octets, mode, indexOf(octets, mode, to, 0));
        out.flag(Place.IsWrite, opcode === Opcode.Write);
        return 1;
      }
      if (opcode === Opcode.Error) {
        const end = indexOf(octets, from + 4, to, 0);
        out.text(Place.Error, octets, from + 4, end < 0 ? to : end);
      }
      return opcode === Opcode.Data && u16(octets, from + 2) > 2 ? Extract.End : 1;
    },
  },
};

/** Where the mode of a request stands, behind a name of printable octets; -1 without one. */
function modeAt(octets: Uint8Array, from: number, to: number): number {
  const end = indexOf(octets, from + 2, Math.min(to, from + 2 + LONGEST_NAME), 0);
  if (end < from + 3 || octets[from + 2] < 0x20) return -1;
  return isOneOf(octets, end + 1, to, MODES) ? end + 1 : -1;
}

function isOneOf(octets: Uint8Array, from: number, to: number, words: readonly Uint8Array[]): boolean {
  for (let n = 0; n < words.length; n++) if (startsWithAnyCase(octets, from, to, words[n])) return true;
  return false;
}
