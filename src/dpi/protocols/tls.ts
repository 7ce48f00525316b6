import { writeCertificates } from '../handshake-stream.js';
import { u16, u24 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import {
  Carrier,
  Hello,
  HELLO_ELEMENTS,
  HELLO_WORDS,
  HelloFlag,
  messageOctets,
  Offered,
  readClientHello,
  readServerHello,
} from '../tls-hello.js';
import { Cert, CERTIFICATE_ELEMENTS } from '../x509.js';

const enum Place {
  Certificates = Hello.Count,
  Alert = Hello.Count + Cert.Count,
}

/** Memory behind that of the hellos: a handshake message that is spread over records is put together in the scratch. */
const enum Memory {
  Flags = 0,
  Pending = HELLO_WORDS,
  PendingDirection = HELLO_WORDS + 1,
  Words = HELLO_WORDS + 2,
}

const enum Record {
  HeaderOctets = 5,
  Cipher = 20,
  Alert = 21,
  Handshake = 22,
  Data = 23,
  Heartbeat = 24,
  /** RFC 8446 §5.2: 2^14 octets and room for the cipher. */
  Longest = 16_384 + 2_048,
}

const enum Message {
  ClientHello = 1,
  ServerHello = 2,
  Certificate = 11,
  ServerHelloDone = 14,
  Longest = 32_000,
}

const DOT_PORT = 853;

const enum Refined {
  Http2 = 0,
  Dot = 1,
}

export const tls: Protocol = {
  name: 'tls',
  title: 'Transport Layer Security, SSL',
  evidence:
    'a record that holds a ClientHello or ServerHello of consistent lengths, an SSLv2 hello, or two records in a row',
  transports: Transport.Tcp,
  ports: [443, 465, 563, 636, 853, 990, 993, 995, 5061, 5671, 8443, 8883],
  refines: ['http2', 'dot'],
  refinesLabels: true,
  elements: [...HELLO_ELEMENTS, ...CERTIFICATE_ELEMENTS, { name: 'alert', type: ElementType.Unsigned, many: true }],

  recognise(octets, from, to, flow) {
    const first = octets[from];
    if (first >= Record.Cipher && first <= Record.Heartbeat) return recogniseRecord(octets, from, to, flow);
    return first & 0x80 ? recogniseSsl2(octets, from, to) : Verdict.NoMatch;
  },

  extractor: {
    words: Memory.Words,
    window: Record.Longest + Record.HeaderOctets + 1_024,
    extract(octets, from, to, flow) {
      if (octets[from] & 0x80) return skipSsl2(octets, from, to, flow);
      if (to - from < Record.HeaderOctets) return Extract.More;
      const length = u16(octets, from + 3);
      const end = from + Record.HeaderOctets + length;
      if (octets[from + 1] !== 3 || length > Record.Longest) return Extract.EndDirection;
      const body = from + Record.HeaderOctets;
      switch (octets[from]) {
        case Record.Handshake:
          if (end > to && !flow.isLast && (flow.wantsMetadata || !isHelloWhole(octets, body, to))) return Extract.More;
          return readHandshake(octets, body, Math.min(to, end), flow, Record.HeaderOctets + length);
        case Record.Alert:
          if (length === 2 && body + 2 <= to) flow.out.unsigned(Place.Alert, octets[body + 1]);
          return Record.HeaderOctets + length;
        default:
          // Between a HelloRetryRequest and the next hellos the change of cipher means nothing (RFC 8446 §D.4).
          if (octets[from] === Record.Cipher && flow.words[flow.memory + Memory.Flags] & HelloFlag.Retry) {
            return Record.HeaderOctets + length;
          }
          // What comes now is encrypted.
          noteResumption(flow);
          return Extract.EndDirection;
      }
    },
  },
};

function recogniseRecord(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  if (to - from < Record.HeaderOctets) {
    const isGood = to - from < 2 || (octets[from + 1] === 3 && (to - from < 3 || octets[from + 2] <= 4));
    return isGood ? Verdict.NeedMore : Verdict.NoMatch;
  }
  const length = u16(octets, from + 3);
  if (octets[from + 1] !== 3 || octets[from + 2] > 4 || length === 0 || length > Record.Longest) return Verdict.NoMatch;
  const body = from + Record.HeaderOctets;
  if (octets[from] === Record.Handshake) {
    if (to - body < 6) return Verdict.NeedMore;
    const type = octets[body];
    if (type === Message.ClientHello || type === Message.ServerHello) {
      const isGood = u24(octets, body + 1) >= 34 && octets[body + 4] === 3 && octets[body + 5] <= 4;
      return isGood ? Verdict.Match : Verdict.NoMatch;
    }
    if (type === Message.Certificate) {
      const list = to - body >= 7 ? u24(octets, body + 4) : 0;
      return list + 3 === u24(octets, body + 1) ? Verdict.Match : Verdict.NoMatch;
    }
  }
  if (octets[from] === Record.Alert && length === 2) {
    return to - body >= 2 && octets[body] >= 1 && octets[body] <= 2 ? Verdict.Likely : Verdict.NoMatch;
  }
  if (octets[from] === Record.Cipher && length !== 1) return Verdict.NoMatch;
  // Only the next record shows that this is one; the start of a connection has a hello instead.
  const next = body + length;
  if (next + Record.HeaderOctets <= to) {
    const isNext = octets[next] >= Record.Cipher && octets[next] <= Record.Heartbeat && octets[next + 1] === 3;
    return isNext && octets[next + 2] === octets[from + 2] && u16(octets, next + 3) <= Record.Longest
      ? Verdict.Match
      : Verdict.NoMatch;
  }
  if (flow.isStart && !flow.afterGap) return Verdict.NoMatch;
  return next === to || flow.isLast ? Verdict.Likely : Verdict.NeedMore;
}

/** An SSLv2 ClientHello (draft-hickman-netscape-ssl-00): two octets of length, type 1, version, three lengths. */
function recogniseSsl2(octets: Uint8Array, from: number, to: number): Verdict {
  if (to - from < 11) return to - from < 3 || octets[from + 2] === 1 ? Verdict.NeedMore : Verdict.NoMatch;
  const length = u16(octets, from) & 0x7fff;
  const version = u16(octets, from + 3);
  const lengths = u16(octets, from + 5) + u16(octets, from + 7) + u16(octets, from + 9);
  const isGood =
    octets[from + 2] === 1 &&
    (version === 2 || version >>> 8 === 3) &&
    lengths + 9 === length &&
    u16(octets, from + 5) % 3 === 0 &&
    u16(octets, from + 5) > 0;
  return isGood ? Verdict.Match : Verdict.NoMatch;
}

/** An SSLv2 hello may begin a connection that goes on in TLS. */
function skipSsl2(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  if (to - from < 3) return Extract.More;
  if (octets[from + 2] !== 1 || !flow.isStart) return Extract.EndDirection;
  return 2 + (u16(octets, from) & 0x7fff);
}

/** Reads the messages of a record whose content lies from `from` to `to`; answers `octetsOfRecord`, or an end. */
function readHandshake(octets: Uint8Array, from: number, to: number, flow: FlowView, octetsOfRecord: number): number {
  const { words, memory } = flow;
  let source = octets;
  let p = from;
  let end = to;
  const pending = words[memory + Memory.Pending];
  const continues = pending > 0 && words[memory + Memory.PendingDirection] === flow.direction;
  if (continues) {
    if (pending + to - from > Message.Longest || !flow.scratch(pending + to - from)) return Extract.EndDirection;
    source = flow.scratchOctets;
    p = flow.scratchAt;
    end = p + pending + to - from;
    for (let n = 0; n < to - from; n++) source[p + pending + n] = octets[from + n];
    words[memory + Memory.Pending] = 0;
  }
  while (p + 4 <= end) {
    const next = p + messageOctets(source, p);
    // Encrypted messages have no type and length that make sense.
    if (next - p > Message.Longest) return Extract.EndDirection;
    if (next > end && !flow.isLast) break;
    const answer = readMessage(source, p, Math.min(next, end), flow);
    if (answer !== 0) return answer;
    p = next;
  }
  const rest = end - p;
  if (rest > 0 && (pending === 0 || continues)) {
    if (!flow.scratch(rest)) return Extract.EndDirection;
    const { scratchOctets, scratchAt } = flow;
    for (let n = 0; n < rest; n++) scratchOctets[scratchAt + n] = source[p + n];
    words[memory + Memory.Pending] = rest;
    words[memory + Memory.PendingDirection] = flow.direction;
  }
  return octetsOfRecord;
}

/** Whether the first message of a record is a hello and all there, whatever follows it. */
function isHelloWhole(octets: Uint8Array, from: number, to: number): boolean {
  return from + 4 <= to && octets[from] <= Message.ServerHello && from + messageOctets(octets, from) <= to;
}

/** Reads one message with its header; answers 0 to go on. */
function readMessage(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const { words, memory } = flow;
  switch (octets[from]) {
    case Message.ClientHello:
      refine(readClientHello(octets, from + 4, to, flow, Carrier.Tls), flow);
      return 0;
    case Message.ServerHello: {
      refine(readServerHello(octets, from + 4, to, flow), flow);
      const flags = words[memory + Memory.Flags];
      const isKnown = (flags & HelloFlag.Server) !== 0;
      if (!flow.wantsMetadata && isKnown) return Extract.End;
      // Both hellos are known and nothing more is in the clear.
      if (isKnown && flags & HelloFlag.Tls13) return flags & HelloFlag.Client ? Extract.End : Extract.EndDirection;
      return 0;
    }
    case Message.Certificate:
      if (flow.wantsMetadata) writeCertificates(octets, from + 4, to, flow, Place.Certificates);
      words[memory + Memory.Flags] |= HelloFlag.Certificate;
      return 0;
    case Message.ServerHelloDone:
      return Extract.EndDirection;
    default:
      return 0;
  }
}

/** Before TLS 1.3 a server resumes a session when it echoes its id and sends no certificate. */
function noteResumption(flow: FlowView): void {
  const { words, memory } = flow;
  const flags = words[memory + Memory.Flags];
  const telling = HelloFlag.Resumed | HelloFlag.Certificate | HelloFlag.Tls13;
  if ((flags & telling) !== HelloFlag.Resumed) return;
  flow.out.flag(Hello.Resumed, true);
  words[memory + Memory.Flags] = flags & ~HelloFlag.Resumed;
}

/** What the server chose counts; a client that offers HTTP/2 first nearly always gets it, but only the answer tells. */
function refine(offered: Offered, flow: FlowView): void {
  const isServer = (flow.words[flow.memory + Memory.Flags] & HelloFlag.Server) !== 0;
  const isPort = flow.sourcePort === DOT_PORT || flow.destinationPort === DOT_PORT;
  // Who offers DNS offers nothing else; TLS 1.3 hides what the server chose.
  if (offered === Offered.Dot || (isServer && isPort && offered === Offered.None)) flow.refine(Refined.Dot, false);
  else if (isServer && offered === Offered.Http2) flow.refine(Refined.Http2, false);
}
