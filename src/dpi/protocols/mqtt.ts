import { ascii, isText, startsWith, u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  ClientId = 1,
  Username = 2,
  Password = 3,
  Topics = 4,
  Subscriptions = 5,
  ReturnCode = 6,
}

/** Types of control packets, in the upper four bits of the first octet (MQTT 5.0 §2.1.2). */
const enum Type {
  Connect = 1,
  ConnectAck = 2,
  Publish = 3,
  Subscribe = 8,
}

const enum Flag {
  Will = 0x04,
  Password = 0x40,
  Username = 0x80,
}

const enum Bound {
  Packets = 128,
  Window = 1_024,
}

const MQTT = ascii('\0\x04MQTT');
const OLD = ascii('\0\x06MQIsdp');

export const mqtt: Protocol = {
  name: 'mqtt',
  title: 'Message Queuing Telemetry Transport 3.1, 3.1.1, 5',
  evidence: 'CONNECT with its name and version, or CONNACK, or a chain of packets in the middle of a connection',
  transports: Transport.Tcp,
  ports: [1883],
  least: 2,
  elements: [
    { name: 'version', type: ElementType.Unsigned },
    { name: 'clientId', type: ElementType.Text },
    { name: 'username', type: ElementType.Text },
    { name: 'password', type: ElementType.Text, secret: true },
    { name: 'topics', type: ElementType.Text, many: true },
    { name: 'subscriptions', type: ElementType.Text, many: true },
    { name: 'returnCode', type: ElementType.Unsigned },
  ],

  recognise(octets, from, to, flow) {
    const body = bodyAt(octets, from, to);
    if (body < 0) return body === -2 && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
    const length = lengthOf(octets, from, body);
    switch (octets[from]) {
      case 0x10: {
        if (length < 10) return Verdict.NoMatch;
        if (to - body < 9) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
        if (startsWith(octets, body, to, MQTT)) return octets[body + 6] <= 5 ? Verdict.Match : Verdict.NoMatch;
        return startsWith(octets, body, to, OLD) ? Verdict.Match : Verdict.NoMatch;
      }
      case 0x20: {
        if (length < 2 || length > 256) return Verdict.NoMatch;
        if (to - body < Math.min(length, 3)) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
        if (!isAcknowledgement(octets, body, length) || to > body + length) return Verdict.NoMatch;
        return flow.isStart && length === 2 ? Verdict.Match : Verdict.Likely;
      }
      case 0x30:
      case 0x31:
      case 0x32:
      case 0x33:
        return publish(octets, body, to, length);
      case 0xc0:
      case 0xd0:
        return length === 0 && to === body && !flow.isStart ? Verdict.Likely : Verdict.NoMatch;
      default:
        return Verdict.NoMatch;
    }
  },

  extractor: {
    words: 1,
    window: Bound.Window,
    extract(octets, from, to, flow) {
      const body = bodyAt(octets, from, to);
      if (body < 0) return body === -2 ? Extract.More : Extract.EndDirection;
      const next = body - from + lengthOf(octets, from, body);
      const type = octets[from] >>> 4;
      if (type === 0) return Extract.EndDirection;
      const isTaken = type <= Type.Publish || type === Type.Subscribe;
      if (!isTaken) return next;
      const end = from + Math.min(next, Bound.Window - 1);
      if (to < end && !flow.isLast) return Extract.More;
      if (++flow.words[flow.memory] > Bound.Packets) return Extract.End;
      readPacket(octets, from, body, Math.min(to, from + next), flow);
      return next;
    },
  },
};

/** Where the body begins behind the remaining length; -1 when that is none, -2 when it is not complete. */
function bodyAt(octets: Uint8Array, from: number, to: number): number {
  for (let p = from + 1; p < to && p < from + 5; p++) if (octets[p] < 0x80) return p + 1;
  return to - from >= 5 ? -1 : -2;
}

function lengthOf(octets: Uint8Array, from: number, body: number): number {
  let length = 0;
  for (let p = body - 1; p > from; p--) length = length * 128 + (octets[p] & 0x7f);
  return length;
}

/** CONNACK: whether there is a session, a reason; from version 5 on reasons are 0 or from 128 on, and properties follow. */
function isAcknowledgement(octets: Uint8Array, body: number, length: number): boolean {
  if (octets[body] > 1) return false;
  if (length === 2) return octets[body + 1] <= 5;
  return (octets[body + 1] === 0 || octets[body + 1] >= 0x80) && octets[body + 2] === length - 3;
}

/** A topic in text with the levels that most have, and nothing behind the packet or another one. */
function publish(octets: Uint8Array, body: number, to: number, length: number): Verdict {
  if (to - body < 4 || length < 4) return Verdict.NoMatch;
  const topic = u16(octets, body);
  const end = body + 2 + topic;
  if (topic < 3 || topic > 256 || topic + 2 > length || end > to || !isText(octets, body + 2, end))
    return Verdict.NoMatch;
  const isExact = body + length === to;
  for (let p = body + 2; p < end; p++) if (octets[p] === 0x2f && isExact) return Verdict.Match;
  return isExact ? Verdict.Likely : Verdict.NoMatch;
}

function readPacket(octets: Uint8Array, from: number, body: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const type = octets[from] >>> 4;
  if (type === Type.Connect) readConnect(octets, body, to, flow);
  else if (type === Type.ConnectAck) {
    if (body + 2 <= to) out.unsigned(Place.ReturnCode, octets[body + 1]);
  } else if (type === Type.Publish) {
    const end = textEnd(octets, body, to);
    if (end > body + 2) out.text(Place.Topics, octets, body + 2, end);
  } else {
    let p = body + 2;
    // Version 5 has properties here: their length, which most clients leave at 0.
    if (p < to && octets[p] === 0 && p + 2 < to && octets[p + 1] === 0 && u16(octets, p + 1) > 0) p++;
    for (let n = 0; n < 16 && p + 2 < to; n++) {
      const end = textEnd(octets, p, to);
      if (end < 0) return;
      out.text(Place.Subscriptions, octets, p + 2, end);
      p = end + 1;
    }
  }
}

/** Where a text with two octets of length ends; -1 beyond the packet. */
function textEnd(octets: Uint8Array, from: number, to: number): number {
  if (from + 2 > to) return -1;
  const end = from + 2 + u16(octets, from);
  return end > to ? -1 : end;
}

function readConnect(octets: Uint8Array, body: number, to: number, flow: FlowView): void {
  const { out } = flow;
  let p = body + 2 + u16(octets, body);
  if (p + 4 > to) return;
  const version = octets[p];
  const flags = octets[p + 1];
  out.unsigned(Place.Version, version);
  p += 4;
  if (version === 5) p += 1 + octets[p];
  p = writeText(Place.ClientId, octets, p, to, flow);
  if ((flags & Flag.Will) !== 0 && p >= 0) {
    if (version === 5) p += 1 + octets[p];
    p = textEnd(octets, p, to);
    if (p >= 0) p = textEnd(octets, p, to);
  }
  if ((flags & Flag.Username) !== 0 && p >= 0) p = writeText(Place.Username, octets, p, to, flow);
  if ((flags & Flag.Password) !== 0 && p >= 0) writeText(Place.Password, octets, p, to, flow);
}

function writeText(place: Place, octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const end = textEnd(octets, from, to);
  if (end > from + 2) flow.out.text(place, octets, from + 2, end);
  return end;
}
