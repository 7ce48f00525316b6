import { octetsThat, u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Control messages (RFC 9301 §5): type in the upper four bits. */
const enum Control {
  Request = 1,
  Reply = 2,
  Register = 3,
  Notify = 4,
  Encapsulated = 8,
  /** Of registers and notifications. */
  KeyId = 12,
  AuthenticationLength = 14,
  HeaderOctets = 16,
}

/** Data (RFC 9300 §5): eight octets of flags, nonce and locators, then an IPv4 or IPv6 packet. */
const enum Data {
  Octets = 8,
}

/** Types of control messages that are looked at; flags of data with the lowest three bits reserved. */
const FIRST = octetsThat((octet) => {
  const type = octet >>> 4;
  const isControl = type === Control.Register || type === Control.Notify || type === Control.Encapsulated;
  return isControl || ((octet & 7) === 0 && octet >= 0x40);
});

export const lisp: Protocol = {
  name: 'lisp',
  title: 'Locator/ID Separation Protocol',
  evidence:
    'a control message whose authentication or records fit, or an IP packet behind the data header that fills the datagram',
  transports: Transport.Udp,
  ports: [4341, 4342],
  first: FIRST,
  least: 24,

  recognise(octets, from, to, flow) {
    switch ((octets[from] >>> 4) as Control) {
      case Control.Register:
      case Control.Notify: {
        const length = u16(octets, from + Control.AuthenticationLength);
        const key = u16(octets, from + Control.KeyId);
        const isHash = (key <= 1 && length === 20) || (key === 2 && length === 32) || (key === 2 && length === 16);
        return isHash && octets[from + 3] > 0 && isRecord(octets, from + Control.HeaderOctets + length, to)
          ? Verdict.Match
          : Verdict.NoMatch;
      }
      case Control.Encapsulated:
        // Four octets, then an IP packet with a control message within.
        if (
          (octets[from] & 3) === 0 &&
          u16(octets, from + 2) === 0 &&
          isPacket(octets, from + 4, to, flow.wireOctets - 4)
        )
          return Verdict.Match;
        break;
    }
    // The flags need not be set; the lowest three bits are reserved.
    if ((octets[from] & 7) !== 0 || to - from < Data.Octets + 20) return Verdict.NoMatch;
    if ((octets[from] & 0xc0) === 0) return Verdict.NoMatch;
    return isPacket(octets, from + Data.Octets, to, flow.wireOctets - Data.Octets) ? Verdict.Match : Verdict.NoMatch;
  },
};

/** Whether a record begins there: time to live, locators, mask, action and flags, version, address family. */
function isRecord(octets: Uint8Array, at: number, to: number): boolean {
  if (at + 12 > to || octets[at + 4] > 32) return false;
  const family = u16(octets, at + 10);
  const mask = octets[at + 5];
  return (family === 1 && mask <= 32) || (family === 2 && mask <= 128) || family === 16_387;
}

/** Whether an IP packet of `length` octets begins there. */
function isPacket(octets: Uint8Array, at: number, to: number, length: number): boolean {
  if (at + 20 > to) return false;
  if (octets[at] === 0x45) return u16(octets, at + 2) === length && isChecksum(octets, at);
  return octets[at] >>> 4 === 6 && u16(octets, at + 4) + 40 === length;
}

/** The sum of an IPv4 header without options. */
function isChecksum(octets: Uint8Array, at: number): boolean {
  let sum = 0;
  for (let p = at; p < at + 20; p += 2) sum += u16(octets, p);
  return ((sum & 0xffff) + (sum >>> 16)) % 0xffff === 0;
}
