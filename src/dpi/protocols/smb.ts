import { findNtlm, writeNtlm, writeUtf16 } from '../ntlm.js';
import { indexOf, u24 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  Commands = 1,
  Dialects = 2,
  Dialect = 3,
  Target = 4,
  Domain = 5,
  User = 6,
  Workstation = 7,
  Shares = 8,
  Files = 9,
  Status = 10,
  CalledName = 11,
  CallingName = 12,
  Encrypted = 13,
}

/** The octet in front of "SMB" (MS-CIFS §2.2.3.1, MS-SMB2 §2.2.1, §2.2.41, §2.2.42). */
const enum Kind {
  Smb1 = 0xff,
  Smb2 = 0xfe,
  Encrypted = 0xfd,
  Compressed = 0xfc,
}

/** NetBIOS session packets (RFC 1002 §4.3.1); direct TCP has only messages. */
const enum Session {
  Message = 0,
  Request = 0x81,
  Positive = 0x82,
  Negative = 0x83,
  Retarget = 0x84,
  KeepAlive = 0x85,
  HeaderOctets = 4,
  /** A name: its length, 32 letters, an end. */
  NameOctets = 34,
}

const enum Smb1 {
  HeaderOctets = 32,
  Command = 4,
  Status = 5,
  Flags = 9,
  FlagsHigh = 11,
  Reply = 0x80,
  Unicode = 0x80,
  Negotiate = 0x72,
  SessionSetup = 0x73,
  TreeConnect = 0x75,
  Create = 0xa2,
}

const enum Smb2 {
  HeaderOctets = 64,
  Status = 8,
  Command = 12,
  Flags = 16,
  Reply = 1,
  Negotiate = 0,
  SessionSetup = 1,
  TreeConnect = 3,
  Create = 5,
}

const enum Bound {
  /** Octets of a message that are looked at; the rest is skipped. */
  Seen = 2_048,
  Messages = 128,
  Commands = 48,
  Dialects = 16,
}

export const smb: Protocol = {
  name: 'smb',
  title: 'Server Message Block 1, 2 and 3, directly and over NetBIOS sessions',
  evidence: 'a NetBIOS session header, then SMB behind the octet of its version; or a session request with two names',
  transports: Transport.Tcp,
  ports: [445, 139],
  first: [Session.Message, Session.Request],
  least: 5,
  elements: [
    { name: 'version', type: ElementType.Unsigned },
    { name: 'commands', type: ElementType.Unsigned, many: true },
    { name: 'dialects', type: ElementType.Text, many: true },
    { name: 'dialect', type: ElementType.Unsigned },
    { name: 'target', type: ElementType.Text },
    { name: 'domain', type: ElementType.Text },
    { name: 'user', type: ElementType.Text },
    { name: 'workstation', type: ElementType.Text },
    { name: 'shares', type: ElementType.Text, many: true },
    { name: 'files', type: ElementType.Text, many: true },
    { name: 'status', type: ElementType.Unsigned, many: true },
    { name: 'calledName', type: ElementType.Text },
    { name: 'callingName', type: ElementType.Text },
    { name: 'encrypted', type: ElementType.Flag },
  ],

  recognise(octets, from, to, flow) {
    if (octets[from] === Session.Request) {
      const isRequest =
        octets[from + 1] === 0 &&
        (to - from < 4 || (octets[from + 2] === 0 && octets[from + 3] === 2 * Session.NameOctets)) &&
        octets[from + 4] === 0x20;
      if (!isRequest) return Verdict.NoMatch;
      if (to - from < 39) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
      for (let p = from + 5; p < from + 37; p++) if (octets[p] < 0x41 || octets[p] > 0x50) return Verdict.NoMatch;
      return Verdict.Match;
    }
    if (octets[from + 4] < Kind.Compressed) return Verdict.NoMatch;
    if (to - from < 8) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    return isSmb(octets, from + 4) && u24(octets, from + 1) >= 16 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 3,
    window: 4_096,
    extract(octets, from, to, flow) {
      if (to - from < Session.HeaderOctets) return flow.isLast ? Extract.EndDirection : Extract.More;
      const length = u24(octets, from + 1);
      const end = from + Session.HeaderOctets + length;
      const type = octets[from];
      if (type > Session.KeepAlive || (type > 0 && type < Session.Request)) return Extract.EndDirection;
      if (end > to && to - from < Bound.Seen && !flow.isLast) return Extract.More;
      const { words, memory } = flow;
      if (++words[memory] > Bound.Messages) return Extract.End;
      const seen = Math.min(to, end);
      if (type === Session.Request) {
        writeName(octets, from + 4, seen, flow, Place.CalledName);
        writeName(octets, from + 4 + Session.NameOctets, seen, flow, Place.CallingName);
      } else if (type === Session.Message && seen - from >= 8 && isSmb(octets, from + 4))
        writeMessage(octets, from + 4, seen, flow);
      return end - from;
    },
  },
};

function isSmb(octets: Uint8Array, at: number): boolean {
  return octets[at] >= Kind.Compressed && octets[at + 1] === 0x53 && octets[at + 2] === 0x4d && octets[at + 3] === 0x42;
}

const name = new Uint8Array(16);

/** A NetBIOS name: 32 letters from A to P, two for an octet (RFC 1001 §14.1), without the spaces at its end. */
function writeName(octets: Uint8Array, at: number, to: number, flow: FlowView, place: Place): void {
  if (at + Session.NameOctets > to || octets[at] !== 0x20) return;
  let length = 0;
  for (let n = 0; n < 15; n++) {
    name[n] = ((octets[at + 1 + 2 * n] - 0x41) << 4) | ((octets[at + 2 + 2 * n] - 0x41) & 15);
    if (name[n] !== 0x20 && name[n] !== 0) length = n + 1;
  }
  flow.out.text(place, name, 0, length);
}

function writeMessage(octets: Uint8Array, at: number, to: number, flow: FlowView): void {
  const { out, words, memory } = flow;
  const kind = octets[at];
  const isNew = words[memory + 1] !== kind;
  words[memory + 1] = kind;
  if (kind === Kind.Encrypted) {
    if (isNew) out.flag(Place.Encrypted, true);
    return;
  }
  if (kind === Kind.Smb1) writeSmb1(octets, at, to, flow);
  else if (kind === Kind.Smb2) writeSmb2(octets, at, to, flow);
}

function writeCommand(flow: FlowView, command: number): void {
  if (flow.words[flow.memory + 2]++ < Bound.Commands) flow.out.unsigned(Place.Commands, command);
}

function writeAuthentication(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const ntlm = findNtlm(octets, from, to);
  if (ntlm < 0) return;
  writeNtlm(octets, ntlm, to, flow, Place.Target, Place.Domain, Place.User, Place.Workstation);
}

function writeSmb1(octets: Uint8Array, at: number, to: number, flow: FlowView): void {
  const { out } = flow;
  if (at + Smb1.HeaderOctets + 3 > to) return;
  const command = octets[at + Smb1.Command];
  const isReply = (octets[at + Smb1.Flags] & Smb1.Reply) !== 0;
  const isUnicode = (octets[at + Smb1.FlagsHigh] & Smb1.Unicode) !== 0;
  out.unsigned(Place.Version, 1);
  const parameters = at + Smb1.HeaderOctets + 1;
  const data = parameters + 2 * octets[parameters - 1] + 2;
  if (isReply) {
    const status = little32(octets, at + Smb1.Status);
    if (status >= 0x8000_0000) out.unsigned(Place.Status, status);
    if (command === Smb1.SessionSetup) writeAuthentication(octets, parameters, to, flow);
    return;
  }
  writeCommand(flow, command);
  if (command === Smb1.Negotiate) {
    // Dialects: 2, text, 0.
    for (let n = 0, p = data; n < Bound.Dialects && p < to && octets[p] === 2; n++) {
      const end = indexOf(octets, p, to, 0);
      if (end < 0) return;
      out.text(Place.Dialects, octets, p + 1, end);
      p = end + 1;
    }
  } else if (command === Smb1.SessionSetup) writeAuthentication(octets, parameters, to, flow);
  else if (command === Smb1.TreeConnect && parameters + 8 <= to) {
    // Behind the password, on an even octet of the message when in Unicode.
    const path = data + (octets[parameters + 6] | (octets[parameters + 7] << 8));
    writePath(octets, path, at, to, flow, Place.Shares, isUnicode);
  } else if (command === Smb1.Create) writePath(octets, data, at, to, flow, Place.Files, isUnicode);
}

function writePath(
  octets: Uint8Array,
  from: number,
  message: number,
  to: number,
  flow: FlowView,
  place: Place,
  isUnicode: boolean,
): void {
  if (from >= to) return;
  if (isUnicode) {
    writeUtf16(octets, from + ((from - message) & 1), to, flow, place);
    return;
  }
  const end = indexOf(octets, from, to, 0);
  flow.out.text(place, octets, from, end < 0 ? to : end);
}

function writeSmb2(octets: Uint8Array, at: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const body = at + Smb2.HeaderOctets;
  if (body + 8 > to) return;
  const command = octets[at + Smb2.Command];
  out.unsigned(Place.Version, 2);
  if (octets[at + Smb2.Flags] & Smb2.Reply) {
    const status = little32(octets, at + Smb2.Status);
    // More processing is required: not an error.
    if (status >= 0x8000_0000 && status !== 0xc000_0016) out.unsigned(Place.Status, status);
    if (command === Smb2.Negotiate) out.unsigned(Place.Dialect, little16(octets, body + 4));
    else if (command === Smb2.SessionSetup) writeAuthentication(octets, body, to, flow);
    return;
  }
  writeCommand(flow, command);
  if (command === Smb2.SessionSetup) writeAuthentication(octets, body, to, flow);
  else if (command === Smb2.TreeConnect) writeField(octets, at, body + 4, to, flow, Place.Shares);
  else if (command === Smb2.Create && body + 48 <= to) writeField(octets, at, body + 44, to, flow, Place.Files);
}

/** A name by its offset from the message's start, and its length. */
function writeField(octets: Uint8Array, message: number, at: number, to: number, flow: FlowView, place: Place): void {
  const from = message + little16(octets, at);
  const end = from + little16(octets, at + 2);
  if (end <= to) writeUtf16(octets, from, end, flow, place);
}

function little16(octets: Uint8Array, at: number): number {
  return octets[at] | (octets[at + 1] << 8);
}

function little32(octets: Uint8Array, at: number): number {
  return (octets[at] | (octets[at + 1] << 8) | (octets[at + 2] << 16) | (octets[at + 3] << 24)) >>> 0;
}
