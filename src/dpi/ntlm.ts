import { ascii, startsWith } from './octets.js';
import type { FlowView } from './protocol.js';

/** NTLMSSP messages (MS-NLMP §2.2.1), as SMB, HTTP and others carry them. */
const SIGNATURE = ascii('NTLMSSP\0');
const enum Message {
  Type = 8,
  Challenge = 2,
  Authenticate = 3,
  TargetName = 12,
  DomainName = 28,
  UserName = 36,
  Workstation = 44,
  Flags = 60,
  ChallengeFlags = 20,
  Octets = 64,
  /** NTLMSSP_NEGOTIATE_UNICODE. */
  Unicode = 1,
}
/** Octets of a name as it is written. */
const LONGEST = 256;
const text = new Uint8Array(LONGEST);

/** Where an NTLMSSP message begins between `from` and `to`, within the first 512 octets; -1 when there is none. */
export function findNtlm(octets: Uint8Array, from: number, to: number): number {
  const end = Math.min(to - Message.TargetName, from + 512);
  for (let p = from; p < end; p++) if (octets[p] === SIGNATURE[0] && startsWith(octets, p, to, SIGNATURE)) return p;
  return -1;
}

/** Writes target of a challenge, or domain, user and workstation of an authentication, to the places given. */
export function writeNtlm(
  octets: Uint8Array,
  at: number,
  to: number,
  flow: FlowView,
  target: number,
  domain: number,
  user: number,
  workstation: number,
): void {
  if (at + 24 > to) return;
  const type = octets[at + Message.Type];
  if (type === Message.Challenge) {
    writeField(octets, at, Message.TargetName, to, flow, target, octets[at + Message.ChallengeFlags] & Message.Unicode);
  } else if (type === Message.Authenticate && at + Message.Octets <= to) {
    const unicode = octets[at + Message.Flags] & Message.Unicode;
    writeField(octets, at, Message.DomainName, to, flow, domain, unicode);
    writeField(octets, at, Message.UserName, to, flow, user, unicode);
    writeField(octets, at, Message.Workstation, to, flow, workstation, unicode);
  }
}

/** A field: length, space, offset from the message's start, little endian. */
function writeField(
  octets: Uint8Array,
  at: number,
  field: number,
  to: number,
  flow: FlowView,
  place: number,
  unicode: number,
): void {
  const p = at + field;
  const length = octets[p] | (octets[p + 1] << 8);
  const offset = octets[p + 4] | (octets[p + 5] << 8) | (octets[p + 6] << 16);
  const from = at + offset;
  if (length === 0 || from + length > to) return;
  if (unicode === 0) flow.out.text(place, octets, from, from + length);
  else writeUtf16(octets, from, from + length, flow, place);
}

/** Writes little-endian UTF-16 as UTF-8; surrogates, which names do not have, as question marks. */
export function writeUtf16(octets: Uint8Array, from: number, to: number, flow: FlowView, place: number): void {
  let length = 0;
  for (let p = from; p + 2 <= to && length + 3 <= LONGEST; p += 2) {
    const code = octets[p] | (octets[p + 1] << 8);
    if (code === 0) break;
    if (code < 0x80) text[length++] = code;
    else if (code < 0x800) {
      text[length++] = 0xc0 | (code >>> 6);
      text[length++] = 0x80 | (code & 0x3f);
    } else if (code >= 0xd800 && code <= 0xdfff) text[length++] = 0x3f;
    else {
      text[length++] = 0xe0 | (code >>> 12);
      text[length++] = 0x80 | ((code >>> 6) & 0x3f);
      text[length++] = 0x80 | (code & 0x3f);
    }
  }
  if (length > 0) flow.out.text(place, text, 0, length);
}
