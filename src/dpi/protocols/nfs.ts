import { ElementType, type Protocol, Transport } from '../protocol.js';
import { extractRpc, recogniseRpc } from '../rpc-message.js';

const enum Place {
  Program = 0,
  Version = 1,
  Procedures = 2,
  Machine = 3,
}

export const nfs: Protocol = {
  name: 'nfs',
  title: 'Network File System with its mount and lock protocols',
  evidence: 'a call of ONC RPC to a program of NFS',
  transports: Transport.Both,
  ports: [2049],
  // A call or a reply.
  mark: { at: 4, mask: 0xffff_fffe, value: 0 },
  least: 4,
  elements: [
    { name: 'program', type: ElementType.Unsigned },
    { name: 'version', type: ElementType.Unsigned },
    { name: 'procedures', type: ElementType.Unsigned, many: true },
    { name: 'machine', type: ElementType.Text },
  ],

  recognise(octets, from, to, flow) {
    return recogniseRpc(octets, from, to, flow, true);
  },

  extractor: {
    words: 1,
    window: 1_024,
    extract(octets, from, to, flow) {
      return extractRpc(octets, from, to, flow, Place.Program, Place.Version, Place.Procedures, Place.Machine);
    },
  },
};
