import { berContents, berEnd, berEnter, berUnsigned, Tag } from '../ber.js';
import { u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Messages = 0,
  Realm = 1,
  Client = 2,
  Server = 3,
  Error = 4,
  Encryption = 5,
}

/** Application tags and message types of RFC 4120 §5.10. */
const enum Message {
  AsRequest = 10,
  AsReply = 11,
  TgsRequest = 12,
  TgsReply = 13,
  ApRequest = 14,
  ApReply = 15,
  Safe = 20,
  Private = 21,
  Credentials = 22,
  Error = 30,
  TagBase = 0x60,
}

const LONGEST = 1 << 20;
const MOST_MESSAGES = 64;
const FIELDS = 24;

export const kerberos: Protocol = {
  name: 'kerberos',
  title: 'Kerberos version 5',
  evidence:
    'an application tag of RFC 4120 with version 5 and the same type inside, or the header of a password change',
  transports: Transport.Both,
  ports: [88, 464, 750],
  // TCP puts a length in front, and so do changes of passwords.
  first: [0, 1, 2, 3, 4, 5, 6, 7, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x74, 0x75, 0x76, 0x7e],
  least: 5,
  elements: [
    { name: 'messages', type: ElementType.Unsigned, many: true },
    { name: 'realm', type: ElementType.Text },
    { name: 'client', type: ElementType.Text },
    { name: 'servers', type: ElementType.Text, many: true },
    { name: 'error', type: ElementType.Unsigned, many: true },
    { name: 'encryption', type: ElementType.Unsigned, many: true },
  ],

  recognise(octets, from, to, flow) {
    let at = from;
    if (flow.transport === Transport.Tcp) {
      const length = u32(octets, from);
      if (length < 10 || length > LONGEST) return Verdict.NoMatch;
      at += 4;
      if (to - at < 20 && !flow.isLast)
        return typeOf(octets[at]) < 0 && octets[at] > 7 ? Verdict.NoMatch : Verdict.NeedMore;
    }
    const end = flow.transport === Transport.Tcp ? at + u32(octets, from) : from + flow.wireOctets;
    return body(octets, at, to) < 0 && !isPasswordChange(octets, at, to, end) ? Verdict.NoMatch : Verdict.Match;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      if (flow.transport === Transport.Udp) {
        if (words[memory]++ >= MOST_MESSAGES) return flow.out.stop();
        writeMessage(octets, from, to, flow);
        return 1;
      }
      if (to - from < 4) return Extract.More;
      const length = u32(octets, from);
      if (length > LONGEST) return Extract.EndDirection;
      if (words[memory] >= 2 * MOST_MESSAGES) return flow.out.stop();
      if (to - from - 4 < Math.min(length, 8_192) && !flow.isLast) return Extract.More;
      words[memory]++;
      writeMessage(octets, from + 4, Math.min(to, from + 4 + length), flow);
      return 4 + length;
    },
  },
};

function typeOf(tag: number): number {
  const type = tag - Message.TagBase;
  const isType =
    (type >= Message.AsRequest && type <= Message.ApReply) ||
    (type >= Message.Safe && type <= Message.Credentials) ||
    type === Message.Error;
  return isType ? type : -1;
}

/** Where the fields of the message at `at` begin; -1 when it is none: [0 or 1] version 5, [1 or 2] the type of the tag. */
function body(octets: Uint8Array, at: number, to: number): number {
  if (at >= to) return -1;
  const type = typeOf(octets[at]);
  const fields = type < 0 ? -1 : berEnter(octets, berContents(octets, at, to), to, Tag.Sequence);
  if (fields < 0 || fields + 10 > to) return -1;
  const context = type === Message.AsRequest || type === Message.TgsRequest ? 0xa1 : 0xa0;
  const isGood =
    octets[fields] === context &&
    octets[fields + 1] === 3 &&
    octets[fields + 2] === Tag.Integer &&
    octets[fields + 3] === 1 &&
    octets[fields + 4] === 5 &&
    octets[fields + 5] === context + 1 &&
    octets[fields + 6] === 3 &&
    octets[fields + 7] === Tag.Integer &&
    octets[fields + 8] === 1 &&
    octets[fields + 9] === type;
  return isGood ? fields : -1;
}

/** A change of a password (RFC 3244 §2): length, version, length of the AP-REQ or AP-REP that follows, or an error. */
function isPasswordChange(octets: Uint8Array, at: number, to: number, end: number): boolean {
  if (at + 8 > to || at + u16(octets, at) !== end) return false;
  const version = u16(octets, at + 2);
  const type = typeOf(octets[at + 6]);
  const isMessage = type === Message.ApRequest || type === Message.ApReply || type === Message.Error;
  return (version === 1 || version === 0xff80) && u16(octets, at + 4) + 6 <= end - at && isMessage;
}

function writeMessage(octets: Uint8Array, at: number, to: number, flow: FlowView): void {
  const fields = body(octets, at, to);
  if (fields < 0) return;
  const type = octets[fields + 9];
  flow.out.unsigned(Place.Messages, type);
  if (type === Message.AsRequest || type === Message.TgsRequest) {
    // KDC-REQ: pre-authentication [3], body [4].
    let p = fields + 10;
    if (p < to && octets[p] === 0xa3) p = berEnd(octets, p, to);
    const inside = berEnter(octets, berEnter(octets, p, to, 0xa4), to, Tag.Sequence);
    if (inside >= 0) writeFields(octets, inside, to, flow, type);
  } else writeFields(octets, fields + 10, to, flow, type);
}

/** Writes what the context tags of a KDC-REQ-BODY, KDC-REP or KRB-ERROR hold. */
function writeFields(octets: Uint8Array, from: number, to: number, flow: FlowView, type: number): void {
  const { out } = flow;
  const isRequest = type === Message.AsRequest || type === Message.TgsRequest;
  const isReply = type === Message.AsReply || type === Message.TgsReply;
  if (!isRequest && !isReply && type !== Message.Error) return;
  for (let n = 0, p = from; n < FIELDS && p >= 0 && p + 2 < to; n++) {
    const inside = berContents(octets, p, to);
    const end = berEnd(octets, p, to);
    if (inside < 0 || end > to) return;
    const field = octets[p] - 0xa0;
    if (isRequest) {
      if (field === 1) writeName(octets, inside, end, flow, Place.Client);
      else if (field === 2) writeString(octets, inside, end, flow, Place.Realm);
      else if (field === 3) writeName(octets, inside, end, flow, Place.Server);
      else if (field === 8) writeNumbers(octets, inside, end, flow);
    } else if (isReply) {
      if (field === 3) writeString(octets, inside, end, flow, Place.Realm);
      else if (field === 4) writeName(octets, inside, end, flow, Place.Client);
    } else if (field === 6) {
      const error = berUnsigned(octets, inside, end);
      if (error >= 0) out.unsigned(Place.Error, error);
    } else if (field === 9) writeString(octets, inside, end, flow, Place.Realm);
    else if (field === 10) writeName(octets, inside, end, flow, Place.Server);
    p = end;
  }
}

function writeString(octets: Uint8Array, at: number, to: number, flow: FlowView, place: Place): void {
  const text = berEnter(octets, at, to, Tag.GeneralString);
  if (text >= 0) flow.out.text(place, octets, text, Math.min(to, berEnd(octets, at, to)));
}

const name = new Uint8Array(256);

/** PrincipalName: its parts with strokes between them. */
function writeName(octets: Uint8Array, at: number, to: number, flow: FlowView, place: Place): void {
  const sequence = berEnter(octets, at, to, Tag.Sequence);
  const kind = berEnter(octets, sequence, to, 0xa0);
  if (kind < 0) return;
  let p = berEnter(octets, berEnter(octets, berEnd(octets, sequence, to), to, 0xa1), to, Tag.Sequence);
  let length = 0;
  for (let n = 0; n < 8 && p >= 0 && p < to && octets[p] === Tag.GeneralString; n++) {
    const from = berContents(octets, p, to);
    const end = from < 0 ? -1 : berEnd(octets, p, to);
    if (end < 0 || end > to) break;
    if (n > 0 && length < name.length) name[length++] = 0x2f;
    for (let q = from; q < end && length < name.length; q++) name[length++] = octets[q];
    p = end;
  }
  if (length > 0) flow.out.text(place, name, 0, length);
}

function writeNumbers(octets: Uint8Array, at: number, to: number, flow: FlowView): void {
  let p = berEnter(octets, at, to, Tag.Sequence);
  for (let n = 0; n < 16 && p >= 0 && p < to && octets[p] === Tag.Integer; n++) {
    const value = berUnsigned(octets, p, to);
    if (value >= 0) flow.out.unsigned(Place.Encryption, value);
    p = berEnd(octets, p, to);
  }
}
