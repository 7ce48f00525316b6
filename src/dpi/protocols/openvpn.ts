import { HANDSHAKE_WORDS, takeHandshake } from '../handshake-stream.js';
import { ascii, u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import { Hello, HELLO_ELEMENTS } from '../tls-hello.js';
import { Cert, CERTIFICATE_ELEMENTS } from '../x509.js';

const enum Place {
  Certificates = Hello.Count,
  Protection = Hello.Count + Cert.Count,
}

/** Memory behind that of the handshake. */
const enum Memory {
  Seen = HANDSHAKE_WORDS,
  /** Octets between session and acknowledgements: the HMAC of tls-auth and what guards against replays. */
  Guard = HANDSHAKE_WORDS + 1,
  Packets = HANDSHAKE_WORDS + 2,
  /** For each direction: the number of the packet that comes next, and whether its handshake is done with. */
  Next = HANDSHAKE_WORDS + 3,
  Ended = HANDSHAKE_WORDS + 5,
  Words = HANDSHAKE_WORDS + 7,
}
const MOST_PACKETS = 256;

/** The upper five bits of the first octet say what it is, the lower three which key. */
const enum Op {
  Shift = 3,
  ClientResetV1 = 1,
  ServerResetV1 = 2,
  ControlV1 = 4,
  Acknowledgement = 5,
  DataV1 = 6,
  DataV2 = 9,
  ClientResetV2 = 7,
  ServerResetV2 = 8,
  ClientResetV3 = 10,
}

/** A control packet: first octet, session id, then acknowledgements and packet id, with protection before or around them. */
const enum Control {
  Head = 9,
  /** Count of acknowledgements, packet id. */
  Tail = 5,
  Session = 8,
  /** Packet id and time of the protection against replays. */
  Replay = 8,
  /** tls-crypt: the tag behind the packet id. */
  Tag = 32,
  MostAcknowledged = 8,
  Longest = 1_600,
}

const enum Protection {
  None = 0,
  Auth = 1,
  Crypt = 2,
}

/** Octets of the HMAC of tls-auth: MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512. */
const HMAC_OCTETS = [16, 20, 28, 32, 48, 64];
/** Number of the first packet; with early negotiation the upper octet says so. */
const FIRST_PACKETS = [1, 0x0f00_0001];
const NAMES = [ascii('none'), ascii('tls-auth'), ascii('tls-crypt')];

export const openvpn: Protocol = {
  name: 'openvpn',
  title: 'OpenVPN',
  evidence: 'a reset that begins a session, plain or with tls-auth or tls-crypt, or a control packet that holds TLS',
  transports: Transport.Both,
  ports: [1194],
  // Resets and control packets; over TCP the length of one.
  first: [0x08, 0x10, 0x38, 0x40, 0x50, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0, 1, 2, 3, 4, 5, 6],
  elements: [...HELLO_ELEMENTS, ...CERTIFICATE_ELEMENTS, { name: 'protection', type: ElementType.Text }],

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Udp) {
      return protectionOf(octets, from, to, flow.wireOctets) >= 0 ? Verdict.Match : Verdict.NoMatch;
    }
    if (to - from < 3) return octets[from] < 6 ? Verdict.NeedMore : Verdict.NoMatch;
    const length = u16(octets, from);
    const op = octets[from + 2] >>> Op.Shift;
    if (length < Control.Head + Control.Tail || length > Control.Longest || op < 1 || op > Op.ClientResetV3)
      return Verdict.NoMatch;
    if (from + 2 + length > to) return Verdict.NeedMore;
    return protectionOf(octets, from + 2, from + 2 + length, length) >= 0 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: Memory.Words,
    extract(octets, from, to, flow) {
      if (++flow.words[flow.memory + Memory.Packets] > MOST_PACKETS) return Extract.End;
      if (flow.transport === Transport.Udp) return readPacket(octets, from, to, flow) ? 1 : Extract.End;
      if (to - from < 3) return Extract.More;
      const length = u16(octets, from);
      const start = from + 2;
      if (length > Control.Longest) return Extract.End;
      if (start + length > to && !flow.isLast) return Extract.More;
      return readPacket(octets, start, Math.min(to, start + length), flow) ? 2 + length : Extract.End;
    },
  },
};

/** Reads a packet of the control channel; false when no more are wanted. */
function readPacket(octets: Uint8Array, from: number, to: number, flow: FlowView): boolean {
  const { words, memory, out } = flow;
  if (words[memory + Memory.Seen] === 0) {
    const protection = protectionOf(octets, from, to, to - from);
    if (protection < 0) return false;
    words[memory + Memory.Seen] = 1;
    out.text(Place.Protection, NAMES[protection], 0, NAMES[protection].length);
    // Within tls-crypt nothing can be read.
    if (protection === Protection.Crypt) return false;
    words[memory + Memory.Guard] = protection === Protection.Auth ? guardOctets(octets, from, to) : 0;
  }
  const op = octets[from] >>> Op.Shift;
  // Data comes when all is agreed on.
  if (op === Op.DataV1 || op === Op.DataV2) return false;
  const tail = from + Control.Head + words[memory + Memory.Guard];
  if (tail + Control.Tail > to) return true;
  const acknowledged = octets[tail];
  if (op === Op.Acknowledgement || acknowledged > Control.MostAcknowledged) return true;
  const number = tail + 1 + (acknowledged > 0 ? 4 * acknowledged + Control.Session : 0);
  if (number + 4 > to) return true;
  const next = memory + Memory.Next + flow.direction;
  const isReset = op !== Op.ControlV1;
  // What comes out of order comes again.
  if (!isReset && words[next] !== 0 && u32(octets, number) !== words[next]) return true;
  words[next] = u32(octets, number) + 1;
  if (isReset || words[memory + Memory.Ended + flow.direction] !== 0) return true;
  if (takeHandshake(octets, number + 4, to, flow, Place.Certificates)) return true;
  words[memory + Memory.Ended + flow.direction] = 1;
  return words[memory + Memory.Ended] === 0 || words[memory + Memory.Ended + 1] === 0;
}

/** Octets that tls-auth puts between session and acknowledgements of a reset. */
function guardOctets(octets: Uint8Array, from: number, to: number): number {
  for (const hmac of HMAC_OCTETS) {
    const replay = from + Control.Head + hmac;
    if (replay + Control.Replay <= to && isFirst(octets, replay) && isTail(octets, replay + Control.Replay, to))
      return hmac + Control.Replay;
  }
  return 0;
}

/** How the control packet is protected; -1 when it is none. */
function protectionOf(octets: Uint8Array, from: number, to: number, wire: number): Protection | -1 {
  if (to - from < Control.Head + Control.Tail) return -1;
  const op = octets[from] >>> Op.Shift;
  switch (op) {
    case Op.ClientResetV1:
    case Op.ClientResetV2:
    case Op.ClientResetV3:
    case Op.ServerResetV1:
    case Op.ServerResetV2:
      return (octets[from] & 7) === 0 && (octets[from + 1] | octets[from + 2]) !== 0
        ? protectionOfReset(octets, from, to, wire)
        : -1;
    case Op.ControlV1:
      return holdsTls(octets, from + Control.Head, to) ? Protection.None : -1;
    default:
      return -1;
  }
}

function protectionOfReset(octets: Uint8Array, from: number, to: number, wire: number): Protection | -1 {
  if (from + wire > to) return -1;
  if (isTail(octets, from + Control.Head, to)) return Protection.None;
  if (guardOctets(octets, from, to) > 0) return Protection.Auth;
  const replay = from + Control.Head;
  const isLong = to - from >= Control.Head + Control.Replay + Control.Tag + Control.Tail;
  return isLong && isFirst(octets, replay) && isTime(octets, replay + 4) ? Protection.Crypt : -1;
}

function isFirst(octets: Uint8Array, at: number): boolean {
  const number = u32(octets, at);
  return number === FIRST_PACKETS[0] || number === FIRST_PACKETS[1];
}

/** A time between 2001 and 2065. */
function isTime(octets: Uint8Array, at: number): boolean {
  const time = u32(octets, at);
  return time > 1_000_000_000 && time < 3_000_000_000;
}

/** The end of a reset: nothing, or the first packet and the peer's session, is acknowledged; its own packet id is 0. */
function isTail(octets: Uint8Array, at: number, to: number): boolean {
  const length = to - at;
  if (length === Control.Tail) return octets[at] === 0 && u32(octets, at + 1) === 0;
  return length === Control.Tail + 12 && octets[at] === 1 && u32(octets, at + 1) === 0 && u32(octets, at + 13) === 0;
}

/** Whether a control packet without protection carries the beginning of a TLS record. */
function holdsTls(octets: Uint8Array, at: number, to: number): boolean {
  const acknowledged = octets[at];
  if (acknowledged > Control.MostAcknowledged) return false;
  const number = at + 1 + (acknowledged > 0 ? 4 * acknowledged + 8 : 0);
  const record = number + 4;
  return (
    record + 6 <= to &&
    u32(octets, number) < 64 &&
    octets[record] === 22 &&
    octets[record + 1] === 3 &&
    octets[record + 2] <= 4
  );
}
