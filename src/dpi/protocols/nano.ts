import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header: R, the network, the versions (most, in use, least), kind, extensions. */
const enum Header {
  Magic = 0x52,
  MostVersion = 2,
  UsedVersion = 3,
  LeastVersion = 4,
  Kind = 5,
  Octets = 8,
  OldestVersion = 0x05,
  NewestVersion = 0x20,
  FirstKind = 2,
  LastKind = 0x10,
}

/** Test, beta, live, and the one for experiments. */
const NETWORKS = [0x41, 0x42, 0x43, 0x58];

export const nano: Protocol = {
  name: 'nano',
  title: 'Nano, nodes of the currency',
  evidence: 'R and a network, three versions in order and a kind of message that exists',
  transports: Transport.Both,
  ports: [7075],
  first: [Header.Magic],
  least: Header.Octets,

  recognise(octets, from) {
    const most = octets[from + Header.MostVersion];
    const used = octets[from + Header.UsedVersion];
    const least = octets[from + Header.LeastVersion];
    const kind = octets[from + Header.Kind];
    const isHeader =
      NETWORKS.includes(octets[from + 1]) &&
      most <= Header.NewestVersion &&
      used >= Header.OldestVersion &&
      used <= most &&
      least <= used &&
      kind >= Header.FirstKind &&
      kind <= Header.LastKind;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
