import { ascii, find, mayStartWith, startsWith, u24, u32 } from '../octets.js';
import { Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const PREFACE = ascii('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const GRPC = ascii('application/grpc');
/** The same in the Huffman code of HPACK (RFC 7541 Appendix B): 88 bits, so that it ends with an octet. */
const GRPC_CODED = Uint8Array.of(0x1d, 0x75, 0xd0, 0x62, 0x0d, 0x26, 0x3d, 0x4c, 0x4d, 0x65, 0x64);

/** RFC 9113 §4.1. */
const enum Frame {
  HeaderOctets = 9,
  Type = 3,
  Stream = 5,
  Headers = 1,
  LastType = 0x20,
  Most = 0x0100_0000,
}

const enum Bound {
  Frames = 24,
  Window = 4_096,
}

const enum Refined {
  Grpc = 0,
}

export const http2: Protocol = {
  name: 'http2',
  title: 'HTTP/2 with prior knowledge, and within TLS',
  evidence: 'the connection preface of RFC 9113 §3.4; within TLS the protocol that the server chose (ALPN h2)',
  transports: Transport.Tcp,
  ports: [],
  first: [PREFACE[0]],
  refines: ['grpc'],
  refinesLabels: true,

  recognise(octets, from, to) {
    if (!mayStartWith(octets, from, to, PREFACE)) return Verdict.NoMatch;
    return to - from >= PREFACE.length ? Verdict.Match : Verdict.NeedMore;
  },

  extractor: {
    words: 1,
    window: Bound.Window,
    extract(octets, from, to, flow) {
      if (startsWith(octets, from, to, PREFACE)) return PREFACE.length;
      if (to - from < Frame.HeaderOctets) return flow.isLast ? Extract.EndDirection : Extract.More;
      return readFrame(octets, from, to, flow);
    },
  },
};

/** Looks for the content type in the first frames with header fields. */
function readFrame(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const length = Frame.HeaderOctets + u24(octets, from);
  const type = octets[from + Frame.Type];
  if (type > Frame.LastType || u32(octets, from + Frame.Stream) >= Frame.Most) return Extract.EndDirection;
  if (++flow.words[flow.memory] > Bound.Frames) return Extract.End;
  if (type !== Frame.Headers) return length;
  const end = from + Math.min(length, Bound.Window - 1);
  if (to < end && !flow.isLast) return Extract.More;
  const last = Math.min(to, end);
  if (find(octets, from, last, GRPC_CODED) < 0 && find(octets, from, last, GRPC) < 0) return length;
  flow.refine(Refined.Grpc, false);
  return Extract.End;
}
