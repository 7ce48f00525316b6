import { u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Service = 0,
  Method = 1,
  Types = 2,
}

/** Header (AUTOSAR SOME/IP): service, method, length of what follows, client, session, versions, type, return code. */
const enum Header {
  Method = 2,
  Length = 4,
  ProtocolVersion = 12,
  Type = 14,
  ReturnCode = 15,
  Octets = 16,
  /** Octets that the length does not count. */
  Uncounted = 8,
}

export const someip: Protocol = {
  name: 'someip',
  title: 'SOME/IP, with service discovery',
  evidence: 'a header of version 1 with a known type and return code, whose length is that of the message',
  transports: Transport.Both,
  ports: [30490],
  // Version 1, a type and a return code.
  mark: { at: Header.ProtocolVersion, mask: 0xff00_1c80, value: 0x0100_0000 },
  least: Header.Octets,
  elements: [
    { name: 'service', type: ElementType.Unsigned },
    { name: 'method', type: ElementType.Unsigned },
    { name: 'types', type: ElementType.Unsigned, many: true },
  ],

  recognise(octets, from, to, flow) {
    return fits(octets, from, to, flow) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < Header.Octets) return flow.isLast ? Extract.End : Extract.More;
      if (flow.words[flow.memory] === 0) {
        flow.out.unsigned(Place.Service, u16(octets, from));
        flow.out.unsigned(Place.Method, u16(octets, from + Header.Method));
      }
      flow.out.unsigned(Place.Types, octets[from + Header.Type]);
      const isEnough = flow.transport === Transport.Udp && ++flow.words[flow.memory] < 16;
      return isEnough ? 1 : Extract.End;
    },
  },
};

function isHeader(octets: Uint8Array, from: number): boolean {
  const type = octets[from + Header.Type] & 0xdf;
  const code = octets[from + Header.ReturnCode];
  const isAnswer = type === 0x80 || type === 0x81 || type === 0xc0 || type === 0xc1;
  const isRequest = type <= 2 || (type >= 0x40 && type <= 0x42);
  // Requests have no return code.
  return octets[from + Header.ProtocolVersion] === 1 && (isAnswer ? code <= 0x5e : isRequest && code === 0);
}

/** Whether messages follow each other up to the end of the datagram, or of what there is of the stream. */
function fits(octets: Uint8Array, from: number, to: number, flow: FlowView): boolean {
  const end = flow.transport === Transport.Udp ? from + flow.wireOctets : to;
  let p = from;
  let count = 0;
  for (; count < 16 && p + Header.Octets <= to; count++) {
    const length = u32(octets, p + Header.Length);
    if (!isHeader(octets, p) || length < Header.Uncounted || length > 0x1_0000) return false;
    p += Header.Uncounted + length;
  }
  if (flow.transport === Transport.Udp) return p === end || (p > to && p <= end);
  return p === end || count > 1;
}
