import { ascii, u16, u32 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Protection = 0,
}

/** The upper five bits of the first octet say what it is, the lower three which key. */
const enum Op {
  Shift = 3,
  ClientResetV1 = 1,
  ServerResetV1 = 2,
  ControlV1 = 4,
  ClientResetV2 = 7,
  ServerResetV2 = 8,
  ClientResetV3 = 10,
}

/** A control packet: first octet, session id, then acknowledgements and packet id, with protection before or around them. */
const enum Control {
  Head = 9,
  /** Count of acknowledgements, packet id. */
  Tail = 5,
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
  elements: [{ name: 'protection', type: ElementType.Text }],

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
    extract(octets, from, to, flow) {
      const isTcp = flow.transport === Transport.Tcp;
      const start = isTcp ? from + 2 : from;
      const end = isTcp ? Math.min(to, start + u16(octets, from)) : to;
      const protection = protectionOf(octets, start, end, end - start);
      if (protection >= 0) flow.out.text(Place.Protection, NAMES[protection], 0, NAMES[protection].length);
      return Extract.End;
    },
  },
};

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
  for (const hmac of HMAC_OCTETS) {
    const replay = from + Control.Head + hmac;
    if (replay + Control.Replay <= to && isFirst(octets, replay) && isTail(octets, replay + Control.Replay, to))
      return Protection.Auth;
  }
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
