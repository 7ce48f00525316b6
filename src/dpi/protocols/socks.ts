import { indexOf, isText, u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  Command = 1,
  Host = 2,
  Address = 3,
  Address6 = 4,
  Port = 5,
  User = 6,
  Password = 7,
  Methods = 8,
}

/** RFC 1928, RFC 1929, and the SOCKS 4 and 4a memos. */
const enum Socks {
  Version4 = 4,
  Version5 = 5,
  MostMethods = 10,
  UserPassword = 2,
  Ipv4 = 1,
  Name = 3,
  Ipv6 = 4,
  Granted4 = 0x5a,
  Reply4Octets = 8,
}

/** What comes next of the client and of the server. */
const enum State {
  Methods = 0,
  Authentication = 1,
  Request = 2,
}
const enum Memory {
  Client = 0,
  Server = 1,
  /** The method that the server chose, plus one. */
  Method = 2,
}

/** The value of `Memory.Client` and `Memory.Server` when that side has said all. */
const FINISHED = 100;

export const socks: Protocol = {
  name: 'socks',
  title: 'SOCKS versions 4 and 5, and what is inside',
  evidence: 'a list of methods and the choice of one of them, or a request of version 4 with its answer',
  transports: Transport.Tcp,
  ports: [1080, 9050],
  first: [0, Socks.Version4, Socks.Version5],
  least: 2,
  refinesLabels: true,
  elements: [
    { name: 'version', type: ElementType.Unsigned },
    { name: 'command', type: ElementType.Unsigned },
    { name: 'host', type: ElementType.Text },
    { name: 'address', type: ElementType.Ipv4 },
    { name: 'address6', type: ElementType.Ipv6 },
    { name: 'port', type: ElementType.Unsigned },
    { name: 'user', type: ElementType.Text },
    { name: 'password', type: ElementType.Text, secret: true },
    { name: 'methods', type: ElementType.Octets, max: Socks.MostMethods },
  ],

  recognise(octets, from, to, flow) {
    if (octets[from] === 0) return isReply4(octets, from, to, flow) ? Verdict.Match : Verdict.NoMatch;
    return octets[from] === Socks.Version5 ? recognise5(octets, from, to, flow) : recognise4(octets, from, to, flow);
  },

  extractor: {
    words: 3,
    window: 1_024,
    extract(octets, from, to, flow) {
      // Octets that come in two directions and begin alike: the one with a list of methods is the client.
      const isClient = flow.direction === 0;
      if (flow.isLast && to - from < 2) return Extract.End;
      // Waits for the other side to finish.
      if (flow.words[flow.memory + flow.direction] === FINISHED) return Extract.More;
      if (octets[from] === Socks.Version4 && isClient) return readRequest4(octets, from, to, flow);
      if (octets[from] === 0 && !isClient) return readReply4(octets, from, to, flow);
      return isClient ? readClient5(octets, from, to, flow) : readServer5(octets, from, to, flow);
    },
  },
};

function recognise5(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const { otherOctets, otherFrom, otherTo } = flow;
  const count = octets[from + 1];
  const isOther = otherTo - otherFrom >= 2 && otherOctets[otherFrom] === Socks.Version5;
  if (isOther && areMethods(otherOctets, otherFrom, otherTo) && (count < 3 || count >= 0x80)) {
    // The choice of the server: one of the methods of the client, or none.
    if (count === 0xff && to - from === 2) return Verdict.Match;
    const methods = otherOctets[otherFrom + 1];
    for (let n = 0; n < methods; n++) if (otherOctets[otherFrom + 2 + n] === count) return Verdict.Match;
    return Verdict.NoMatch;
  }
  if (count === 0 || count > Socks.MostMethods) {
    return !flow.isStart || flow.isLast || to - from > 2 ? Verdict.NoMatch : Verdict.NeedMore;
  }
  const request = from + 2 + count;
  if (to < request) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
  if (!areMethods(octets, from, to)) return Verdict.NoMatch;
  if (isOther && otherOctets[otherFrom + 1] !== 0xff) return Verdict.Match;
  if (otherTo > otherFrom && !isOther) return Verdict.NoMatch;
  if (to - request < 4) return flow.isLast ? Verdict.Likely : Verdict.NeedMore;
  const type = octets[request + 3];
  const isRequest = octets[request] === 5 && octets[request + 1] >= 1 && octets[request + 1] <= 3;
  return isRequest && octets[request + 2] === 0 && type !== 2 && type <= 4 ? Verdict.Match : Verdict.NoMatch;
}

/** Registered methods, or private ones, each once. */
function areMethods(octets: Uint8Array, from: number, to: number): boolean {
  const count = octets[from + 1];
  if (count === 0 || count > Socks.MostMethods || from + 2 + count > to) return false;
  for (let p = from + 2; p < from + 2 + count; p++) {
    if (octets[p] > 9 && (octets[p] < 0x80 || octets[p] === 0xff)) return false;
    for (let q = from + 2; q < p; q++) if (octets[q] === octets[p]) return false;
  }
  return true;
}

function recognise4(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  if (octets[from + 1] !== 1 && octets[from + 1] !== 2) return Verdict.NoMatch;
  if (to - from < 9) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
  const user = indexOf(octets, from + 8, Math.min(to, from + 264), 0);
  if (!isText(octets, from + 8, user < 0 ? to : user) || u16(octets, from + 2) === 0) return Verdict.NoMatch;
  if (user < 0) return flow.isLast || to - from > 264 ? Verdict.NoMatch : Verdict.NeedMore;
  const isNamed = octets[from + 4] === 0 && octets[from + 5] === 0 && octets[from + 6] === 0 && octets[from + 7] !== 0;
  if (isNamed) {
    const end = indexOf(octets, user + 1, Math.min(to, user + 256), 0);
    if (!isText(octets, user + 1, end < 0 ? to : end)) return Verdict.NoMatch;
    if (end > user + 3) return Verdict.Match;
    return end < 0 && !flow.isLast && to - user < 256 ? Verdict.NeedMore : Verdict.NoMatch;
  }
  const { otherOctets, otherFrom, otherTo } = flow;
  if (otherTo - otherFrom >= 2) {
    const code = otherOctets[otherFrom + 1];
    return otherOctets[otherFrom] === 0 && code >= Socks.Granted4 && code <= 0x5d ? Verdict.Match : Verdict.NoMatch;
  }
  if (user + 1 !== to || octets[from + 4] === 0 || octets[from + 4] >= 224) return Verdict.NoMatch;
  return flow.isLast ? Verdict.Likely : Verdict.NeedMore;
}

/** An answer of version 4 to a request that is still kept. */
function isReply4(octets: Uint8Array, from: number, to: number, flow: FlowView): boolean {
  const { otherOctets, otherFrom, otherTo } = flow;
  const code = octets[from + 1];
  if (code < Socks.Granted4 || code > 0x5d || otherTo - otherFrom < 9 || to - from > Socks.Reply4Octets) return false;
  const command = otherOctets[otherFrom + 1];
  return (
    otherOctets[otherFrom] === Socks.Version4 && (command === 1 || command === 2) && otherOctets[otherTo - 1] === 0
  );
}

function readRequest4(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const user = to - from > 8 ? indexOf(octets, from + 8, to, 0) : -1;
  if (user < 0) return flow.isLast || to - from > 264 ? Extract.End : Extract.More;
  const { out } = flow;
  let end = user + 1;
  if (octets[from + 4] === 0 && octets[from + 5] === 0 && octets[from + 6] === 0) {
    const name = indexOf(octets, end, to, 0);
    if (name < 0) return flow.isLast || to - user > 256 ? Extract.End : Extract.More;
    out.text(Place.Host, octets, end, name);
    end = name + 1;
  } else out.ipv4(Place.Address, octets, from + 4);
  out.unsigned(Place.Version, Socks.Version4);
  out.unsigned(Place.Command, octets[from + 1]);
  out.unsigned(Place.Port, u16(octets, from + 2));
  if (user > from + 8) out.text(Place.User, octets, from + 8, user);
  return finish(from, end, flow, Memory.Client);
}

function readReply4(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  if (octets[from + 1] !== Socks.Granted4) return Extract.End;
  if (to - from < Socks.Reply4Octets) return flow.isLast ? Extract.End : Extract.More;
  return finish(from, from + Socks.Reply4Octets, flow, Memory.Server);
}

function readClient5(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const { words, memory, out } = flow;
  const more = flow.isLast ? Extract.End : Extract.More;
  if (to - from < 2) return more;
  if (words[memory] === State.Methods) {
    const end = from + 2 + octets[from + 1];
    if (octets[from] !== Socks.Version5) return Extract.End;
    if (end > to) return more;
    out.unsigned(Place.Version, Socks.Version5);
    out.octets(Place.Methods, octets, from + 2, end);
    words[memory] = State.Request;
    return end - from;
  }
  // RFC 1929 §2: version 1, user, password.
  if (octets[from] === 1) {
    const user = from + 2 + octets[from + 1];
    const end = user < to ? user + 1 + octets[user] : to + 1;
    if (end > to) return more;
    out.text(Place.User, octets, from + 2, user);
    out.text(Place.Password, octets, user + 1, end);
    return end - from;
  }
  const end = addressEnd(octets, from, to);
  if (octets[from] !== Socks.Version5 || end === 0) return Extract.End;
  if (end < 0 || end > to) return more;
  out.unsigned(Place.Command, octets[from + 1]);
  const type = octets[from + 3];
  if (type === Socks.Name) out.text(Place.Host, octets, from + 5, end - 2);
  else if (type === Socks.Ipv4) out.ipv4(Place.Address, octets, from + 4);
  else out.ipv6(Place.Address6, octets, from + 4);
  out.unsigned(Place.Port, u16(octets, end - 2));
  return finish(from, end, flow, Memory.Client);
}

function readServer5(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const { words, memory } = flow;
  const more = flow.isLast ? Extract.End : Extract.More;
  if (to - from < 2) return more;
  const method = words[memory + Memory.Method];
  if (method === 0) {
    words[memory + Memory.Method] = 1 + octets[from + 1];
    return octets[from] === Socks.Version5 && octets[from + 1] !== 0xff ? 2 : Extract.End;
  }
  if (method === 1 + Socks.UserPassword && octets[from] === 1) return octets[from + 1] === 0 ? 2 : Extract.End;
  const end = addressEnd(octets, from, to);
  if (octets[from] !== Socks.Version5 || octets[from + 1] !== 0 || end === 0) return Extract.End;
  return end < 0 || end > to ? more : finish(from, end, flow, Memory.Server);
}

/** Where a request or a reply of version 5 ends; -1 when that cannot be told yet, 0 when it is none. */
function addressEnd(octets: Uint8Array, from: number, to: number): number {
  if (to - from < 5) return -1;
  const type = octets[from + 3];
  if (type === Socks.Ipv4) return from + 10;
  if (type === Socks.Ipv6) return from + 22;
  return type === Socks.Name ? from + 7 + octets[from + 4] : 0;
}

/** One side has said all: what follows when both have is another protocol. */
function finish(from: number, end: number, flow: FlowView, side: Memory): number {
  const { words, memory } = flow;
  words[memory + side] = FINISHED;
  if (words[memory + (side === Memory.Client ? Memory.Server : Memory.Client)] === FINISHED) flow.inspectAnew();
  return end - from;
}
