import { writeCertificates } from '../handshake-stream.js';
import { u16, u24 } from '../octets.js';
import { Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import {
  Carrier,
  Hello,
  HELLO_ELEMENTS,
  HELLO_WORDS,
  HelloFlag,
  readClientHello,
  readServerHello,
} from '../tls-hello.js';
import { CERTIFICATE_ELEMENTS } from '../x509.js';

/** Place of the certificates. */
const CERTIFICATES = Hello.Count;

/** RFC 6347 §4.1: type, version, epoch, sequence number, length. */
const enum Record {
  Epoch = 3,
  Length = 11,
  Octets = 13,
  Cipher = 20,
  Alert = 21,
  Handshake = 22,
  Data = 23,
  Heartbeat = 24,
  /** RFC 9146 §4: with a connection id, of which only the ends know the length. */
  ConnectionId = 25,
  Longest = 16_384 + 2_048,
}

/** RFC 6347 §4.2.2: type, length, sequence, offset and length of the fragment. */
const enum Message {
  Length = 1,
  Offset = 6,
  FragmentLength = 9,
  Octets = 12,
  ClientHello = 1,
  ServerHello = 2,
  Certificate = 11,
  LastType = 24,
  /** A message put together from fragments. */
  Longest = 16_000,
}

/** Memory behind that of the hellos. */
const enum Memory {
  Flags = 0,
  /** Octets of a message in fragments that are there, and its type and direction. */
  Pending = HELLO_WORDS,
  PendingType = HELLO_WORDS + 1,
  Datagrams = HELLO_WORDS + 2,
  Words = HELLO_WORDS + 3,
}

const MOST_RECORDS = 16;
const MOST_DATAGRAMS = 24;

export const dtls: Protocol = {
  name: 'dtls',
  title: 'Datagram Transport Layer Security',
  evidence: 'records of a known type and version whose lengths fill the datagram',
  transports: Transport.Udp,
  ports: [443, 4433, 5684],
  first: [Record.Cipher, Record.Alert, Record.Handshake, Record.Data, Record.Heartbeat],
  least: Record.Octets + 1,
  elements: [...HELLO_ELEMENTS, ...CERTIFICATE_ELEMENTS],

  recognise(octets, from, to, flow) {
    return isDtls(octets, from, to, flow.wireOctets) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: Memory.Words,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      for (let p = from, n = 0; p + Record.Octets <= to && n < MOST_RECORDS; n++) {
        const body = p + Record.Octets;
        const end = Math.min(to, body + u16(octets, p + Record.Length));
        if (octets[p] === Record.Handshake && u16(octets, p + Record.Epoch) === 0)
          readMessages(octets, body, end, flow);
        p = end;
      }
      const flags = words[memory + Memory.Flags];
      const isComplete = (flags & HelloFlag.Client) !== 0 && (flags & HelloFlag.Certificate) !== 0;
      return isComplete || ++words[memory + Memory.Datagrams] >= MOST_DATAGRAMS ? Extract.End : 1;
    },
  },
};

/** Whether a datagram of `wire` octets is made of DTLS records. */
export function isDtls(octets: Uint8Array, from: number, to: number, wire: number): boolean {
  let p = from;
  let left = wire;
  for (let n = 0; n < MOST_RECORDS && left > 0 && p + Record.Octets < to; n++) {
    const type = octets[p];
    if (type < Record.Cipher || type > Record.ConnectionId || !isVersion(u16(octets, p + 1))) return false;
    // Connections do not change their keys that often.
    if (u16(octets, p + Record.Epoch) > 255) return false;
    if (type === Record.ConnectionId) return n > 0;
    const length = u16(octets, p + Record.Length);
    if (length === 0 || length > Record.Longest || length + Record.Octets > left) return false;
    if (!isContent(octets, p, to, type, length)) return false;
    p += Record.Octets + length;
    left -= Record.Octets + length;
  }
  return left === 0 || p + Record.Octets >= to;
}

/** 1.0, 1.2 and the version that OpenSSL used before 1.0 was settled. */
function isVersion(version: number): boolean {
  return version === 0xfeff || version === 0xfefd || version === 0x0100;
}

/** Whether the content of a record that is not encrypted can be. */
function isContent(octets: Uint8Array, p: number, to: number, type: number, length: number): boolean {
  if (u16(octets, p + Record.Epoch) !== 0) return true;
  const body = p + Record.Octets;
  if (type === Record.Handshake && body + Message.Octets <= to) {
    const fragment = u24(octets, body + Message.FragmentLength);
    return (
      octets[body] <= Message.LastType &&
      fragment + Message.Octets <= length &&
      u24(octets, body + Message.Offset) + fragment <= u24(octets, body + Message.Length)
    );
  }
  if (type === Record.Cipher) return octets[body] === 1 && length <= 3;
  if (type === Record.Alert) return length === 2 && octets[body] <= 2;
  return type === Record.Handshake;
}

/** Reads the handshake messages, or their fragments, of one record. */
function readMessages(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { words, memory } = flow;
  for (let p = from, n = 0; p + Message.Octets <= to && n < MOST_RECORDS; n++) {
    const type = octets[p];
    const length = u24(octets, p + Message.Length);
    const offset = u24(octets, p + Message.Offset);
    const fragment = u24(octets, p + Message.FragmentLength);
    const body = p + Message.Octets;
    const end = body + fragment;
    if (end > to) return;
    if (offset === 0 && fragment === length) readMessage(octets, type, body, end, flow);
    else if (offset + fragment <= length && length <= Message.Longest) {
      const key = (type << 1) | flow.direction;
      if (offset === 0) {
        words[memory + Memory.Pending] = 0;
        words[memory + Memory.PendingType] = key;
      }
      const isNext = words[memory + Memory.Pending] === offset && words[memory + Memory.PendingType] === key;
      if (isNext && flow.scratch(length)) {
        const { scratchOctets, scratchAt } = flow;
        for (let m = 0; m < fragment; m++) scratchOctets[scratchAt + offset + m] = octets[body + m];
        words[memory + Memory.Pending] = offset + fragment;
        if (offset + fragment === length) readMessage(scratchOctets, type, scratchAt, scratchAt + length, flow);
      }
    }
    p = end;
  }
}

function readMessage(octets: Uint8Array, type: number, from: number, to: number, flow: FlowView): void {
  const { words, memory } = flow;
  if (type === Message.ClientHello) readClientHello(octets, from, to, flow, Carrier.Dtls);
  else if (type === Message.ServerHello) readServerHello(octets, from, to, flow);
  else if (type === Message.Certificate && (words[memory + Memory.Flags] & HelloFlag.Certificate) === 0) {
    words[memory + Memory.Flags] |= HelloFlag.Certificate;
    writeCertificates(octets, from, to, flow, CERTIFICATES);
  }
}
