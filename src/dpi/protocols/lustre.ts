import { u32le } from '../little-endian.js';
import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Connections begin with the acceptor's request, or the hello of the socket network: magic and version, in the host's order. */
const enum Hello {
  Acceptor = 0xacce_7100,
  Socket = 0xeebc_0ded,
  Network = 0x4572_6963,
  Octets = 16,
  LastVersion = 4,
}

export const lustre: Protocol = {
  name: 'lustre',
  title: 'Lustre networking (LNet)',
  evidence: 'the magic number of a request for a connection and its version',
  transports: Transport.Tcp,
  ports: [988],
  least: Hello.Octets,
  first: [0x00, 0xac, 0xed, 0xee, 0x63, 0x45],
  recognise: (octets, from): Verdict =>
    isHello(u32(octets, from), u32(octets, from + 4)) || isHello(u32le(octets, from), u32le(octets, from + 4))
      ? Verdict.Match
      : Verdict.NoMatch,
};

function isHello(magic: number, version: number): boolean {
  if (magic === (Hello.Socket as number)) return version >>> 16 <= Hello.LastVersion || version <= Hello.LastVersion;
  const isMagic = magic === (Hello.Acceptor as number) || magic === (Hello.Network as number);
  return isMagic && version >= 1 && version <= Hello.LastVersion;
}
