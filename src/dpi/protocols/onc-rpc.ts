import { ElementType, type Protocol, Transport } from '../protocol.js';
import { extractRpc, recogniseRpc } from '../rpc-message.js';

const enum Place {
  Program = 0,
  Version = 1,
  Procedures = 2,
  Machine = 3,
}

export const oncRpc: Protocol = {
  name: 'onc-rpc',
  title: 'ONC Remote Procedure Call (Sun RPC)',
  evidence: 'a call of ONC RPC to an assigned program, or an answer',
  transports: Transport.Both,
  ports: [111],
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
    return recogniseRpc(octets, from, to, flow, false);
  },

  extractor: {
    words: 1,
    window: 1_024,
    extract(octets, from, to, flow) {
      return extractRpc(octets, from, to, flow, Place.Program, Place.Version, Place.Procedures, Place.Machine);
    },
  },
};
