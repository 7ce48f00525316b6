import { u32le } from '../little-endian.js';
import { ascii, startsWith } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Commands = 0,
}

/** Header: network (4), command (12, filled with zeros), length, checksum. */
const enum Header {
  Command = 4,
  Length = 16,
  Octets = 20,
  Most = 32_000_000,
}

/** Filled with zeros, as they stand in the header. */
const COMMANDS: readonly Uint8Array[] = [
  ascii('version\0\0\0\0\0'),
  ascii('verack\0\0\0\0\0\0'),
  ascii('addr\0\0\0\0\0\0\0\0'),
  ascii('addrv2\0\0\0\0\0\0'),
  ascii('inv\0\0\0\0\0\0\0\0\0'),
  ascii('getdata\0\0\0\0\0'),
  ascii('getblocks\0\0\0'),
  ascii('getheaders\0\0'),
  ascii('tx\0\0\0\0\0\0\0\0\0\0'),
  ascii('block\0\0\0\0\0\0\0'),
  ascii('headers\0\0\0\0\0'),
  ascii('ping\0\0\0\0\0\0\0\0'),
  ascii('pong\0\0\0\0\0\0\0\0'),
  ascii('mempool\0\0\0\0\0'),
  ascii('notfound\0\0\0\0'),
  ascii('reject\0\0\0\0\0\0'),
  ascii('sendheaders\0'),
  ascii('sendcmpct\0\0\0'),
  ascii('cmpctblock\0\0'),
  ascii('feefilter\0\0\0'),
  ascii('getaddr\0\0\0\0\0'),
  ascii('alert\0\0\0\0\0\0\0'),
  ascii('wtxidrelay\0\0'),
  ascii('sendaddrv2\0\0'),
  ascii('filterload\0\0'),
  ascii('merkleblock\0'),
];

export const bitcoin: Protocol = {
  name: 'bitcoin',
  title: 'Bitcoin peers, and coins that took its protocol over',
  evidence: 'a header with a known command filled with zeros and a length that can be',
  transports: Transport.Tcp,
  ports: [8333, 18333],
  least: Header.Octets,
  elements: [{ name: 'commands', type: ElementType.Text, max: 12, many: true }],

  recognise(octets, from, to) {
    if (octets[from + Header.Command] < 0x61 || u32le(octets, from + Header.Length) > Header.Most)
      return Verdict.NoMatch;
    for (const command of COMMANDS) if (startsWith(octets, from + Header.Command, to, command)) return Verdict.Match;
    return Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    window: 64,
    extract(octets, from, to, flow) {
      if (to - from < Header.Octets + 4) return flow.isLast ? Extract.EndDirection : Extract.More;
      const length = u32le(octets, from + Header.Length);
      const command = from + Header.Command;
      if (length > Header.Most || octets[command] < 0x61 || octets[command] > 0x7a) return Extract.EndDirection;
      let end = command;
      while (end < command + 12 && octets[end] !== 0) end++;
      flow.out.text(Place.Commands, octets, command, end);
      if (++flow.words[flow.memory] >= 32) return Extract.End;
      return Header.Octets + 4 + length;
    },
  },
};
