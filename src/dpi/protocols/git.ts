import { ascii, find, indexOf, startsWith } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Command = 0,
  Repository = 1,
  Host = 2,
}

const COMMANDS: readonly Uint8Array[] = [
  ascii('git-upload-pack /'),
  ascii('git-receive-pack /'),
  ascii('git-upload-archive /'),
];
const HOST = ascii('host=');
const LENGTH_DIGITS = 4;
const LONGEST_COMMAND = 20;

export const git: Protocol = {
  name: 'git',
  title: 'Git, the protocol of its daemon',
  evidence: 'a packet line that asks for a pack of a repository',
  transports: Transport.Tcp,
  ports: [9418],
  first: [0x30],
  elements: [
    { name: 'command', type: ElementType.Text },
    { name: 'repository', type: ElementType.Text },
    { name: 'host', type: ElementType.Text },
  ],

  recognise(octets, from, to, flow) {
    for (let p = from; p < to && p < from + LENGTH_DIGITS; p++) {
      const octet = octets[p] | 0x20;
      const isHexadecimal = (octets[p] >= 0x30 && octets[p] <= 0x39) || (octet >= 0x61 && octet <= 0x66);
      if (!isHexadecimal) return Verdict.NoMatch;
    }
    const command = from + LENGTH_DIGITS;
    for (let n = 0; n < COMMANDS.length; n++) if (startsWith(octets, command, to, COMMANDS[n])) return Verdict.Match;
    return to - command < LONGEST_COMMAND && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      const { out } = flow;
      const space = indexOf(octets, from, to, 0x20);
      const end = space < 0 ? -1 : indexOf(octets, space, to, 0);
      const isWhole = end > 0 && indexOf(octets, end + 1, to, 0) > 0;
      if (!isWhole && !flow.isLast && to - from < 1_024) return Extract.More;
      if (end < 0) return Extract.End;
      out.text(Place.Command, octets, from + LENGTH_DIGITS, space);
      out.text(Place.Repository, octets, space + 1, end);
      const host = find(octets, end, to, HOST);
      const hostEnd = host < 0 ? -1 : indexOf(octets, host, to, 0);
      if (hostEnd > 0) out.text(Place.Host, octets, host + HOST.length, hostEnd);
      return Extract.End;
    },
  },
};
