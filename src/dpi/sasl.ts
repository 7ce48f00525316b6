import { ascii, startsWithAnyCase } from './octets.js';
import type { FlowView } from './protocol.js';

/** Who authenticates by SASL with a mechanism in the clear: PLAIN (RFC 4616) and LOGIN, in base64 (RFC 4648 §4). */

export const enum Mechanism {
  Other = 0,
  Plain = 1,
  /** The name comes first, the password in the line behind. */
  Login = 2,
  LoginPassword = 3,
}

const PLAIN = ascii('PLAIN');
const LOGIN = ascii('LOGIN');
const NO_RESPONSE = 0x3d;

const decoded = new Uint8Array(512);

/** Values of the letters; 64 for what is none. */
const VALUES = new Uint8Array(256).fill(64);
for (let n = 0; n < 64; n++) {
  VALUES['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charCodeAt(n)] = n;
}

export function mechanismOf(octets: Uint8Array, from: number, to: number): Mechanism {
  if (startsWithAnyCase(octets, from, to, PLAIN)) return Mechanism.Plain;
  return startsWithAnyCase(octets, from, to, LOGIN) ? Mechanism.Login : Mechanism.Other;
}

/**
 * Writes user and password of a line that the client sends. Answers the mechanism with which its next line is to be read.
 * @param user place of the element that takes the name
 * @param password place of the one that takes the password
 */
export function readSasl(
  octets: Uint8Array,
  from: number,
  to: number,
  mechanism: Mechanism,
  flow: FlowView,
  user: number,
  password: number,
): Mechanism {
  const length = decode(octets, from, to);
  const { out } = flow;
  if (length === 0 || octets[from] === NO_RESPONSE) return mechanism;
  switch (mechanism) {
    case Mechanism.Plain: {
      const name = decoded.indexOf(0) + 1;
      const end = decoded.indexOf(0, name);
      if (name === 0 || end < 0 || end >= length) return Mechanism.Other;
      out.text(user, decoded, name, end);
      out.text(password, decoded, end + 1, length);
      return Mechanism.Other;
    }
    case Mechanism.Login:
      out.text(user, decoded, 0, length);
      return Mechanism.LoginPassword;
    case Mechanism.LoginPassword:
      out.text(password, decoded, 0, length);
      return Mechanism.Other;
    default:
      return Mechanism.Other;
  }
}

/** Octets in `decoded`, as many as fit; 0 when it is no base64. */
function decode(octets: Uint8Array, from: number, to: number): number {
  decoded.fill(0);
  let bits = 0;
  let held = 0;
  let length = 0;
  for (let p = from; p < to && octets[p] !== NO_RESPONSE && length < decoded.length - 1; p++) {
    const value = VALUES[octets[p]];
    if (value === 64) return 0;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    decoded[length++] = held >>> bits;
  }
  return length;
}
