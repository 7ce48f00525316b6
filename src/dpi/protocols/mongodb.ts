import { u32le } from '../little-endian.js';
import { ascii, indexOf, isText, startsWith } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Commands = 0,
  Name = 1,
  Database = 2,
  Collection = 3,
}

/** Header: length, request, answer to, operation (MongoDB wire protocol). */
const enum Header {
  Operation = 12,
  Octets = 16,
  Most = 48_000_000,
}

const enum Operation {
  Reply = 1,
  Update = 2001,
  Insert = 2002,
  Query = 2004,
  More = 2005,
  Delete = 2006,
  Kill = 2007,
  Command = 2010,
  CommandReply = 2011,
  Compressed = 2012,
  Message = 2013,
}

const enum Bound {
  Commands = 64,
  Window = 1_024,
}

const DATABASE = ascii('\x02$db\0');

export const mongodb: Protocol = {
  name: 'mongodb',
  title: 'MongoDB wire protocol',
  evidence: 'a header with a known operation and what belongs to it: a name of a collection, a BSON document',
  transports: Transport.Tcp,
  ports: [27017, 27018, 27019],
  least: 26,
  elements: [
    { name: 'commands', type: ElementType.Group, many: true },
    { name: 'name', type: ElementType.Text, max: 64, within: 'commands' },
    { name: 'database', type: ElementType.Text, max: 64, within: 'commands' },
    { name: 'collection', type: ElementType.Text, within: 'commands' },
  ],

  recognise(octets, from, to) {
    const length = u32le(octets, from);
    if (length < 26 || length > Header.Most) return Verdict.NoMatch;
    const body = from + Header.Octets;
    switch (u32le(octets, from + Header.Operation)) {
      case Operation.Query:
      case Operation.Update:
      case Operation.Insert:
      case Operation.Delete:
      case Operation.More: {
        const end = indexOf(octets, body + 4, Math.min(to, body + 132), 0);
        return isText(octets, body + 4, end < 0 ? Math.min(to, body + 132) : end) && octets[body + 4] > 0x20
          ? Verdict.Match
          : Verdict.NoMatch;
      }
      case Operation.Message:
        // Flags of which three exist, a section of kind 0 or 1, its size.
        return (u32le(octets, body) & 0xfffe_fffc) === 0 && octets[body + 4] <= 1 && u32le(octets, body + 5) < length
          ? Verdict.Match
          : Verdict.NoMatch;
      case Operation.Reply:
        return length >= 36 && u32le(octets, body) < 16 ? Verdict.Match : Verdict.NoMatch;
      case Operation.Compressed: {
        const operation = u32le(octets, body);
        const isKnown = operation === Operation.Message || operation === Operation.Query || operation === 1;
        return isKnown && octets[body + 8] <= 3 ? Verdict.Match : Verdict.NoMatch;
      }
      case Operation.Kill:
        return u32le(octets, body) === 0 && length <= 8_192 ? Verdict.Match : Verdict.NoMatch;
      case Operation.Command:
      case Operation.CommandReply:
        return isText(octets, body, body + 4) ? Verdict.Match : Verdict.NoMatch;
      default:
        return Verdict.NoMatch;
    }
  },

  extractor: {
    words: 1,
    window: Bound.Window,
    extract(octets, from, to, flow) {
      if (to - from < Header.Octets) return Extract.More;
      const length = u32le(octets, from);
      if (length < Header.Octets || length > Header.Most) return Extract.EndDirection;
      const operation = u32le(octets, from + Header.Operation);
      const isRequest = u32le(octets, from + 8) === 0;
      if (!isRequest || (operation !== Operation.Query && operation !== Operation.Message)) return length;
      const end = from + Math.min(length, Bound.Window - 1);
      if (to < end && !flow.isLast) return Extract.More;
      if (++flow.words[flow.memory] > Bound.Commands) return Extract.End;
      const stop = Math.min(to, end);
      flow.out.begin(Place.Commands);
      if (operation === Operation.Query) readQuery(octets, from + Header.Octets, stop, flow);
      else if (octets[from + Header.Octets + 4] === 0) readDocument(octets, from + Header.Octets + 5, stop, flow);
      flow.out.end();
      return length;
    },
  },
};

function readQuery(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const end = indexOf(octets, from + 4, to, 0);
  if (end < 0) return;
  flow.out.text(Place.Collection, octets, from + 4, end);
  // Counts of documents to skip and to return, then the document.
  if (end + 9 < to) readDocument(octets, end + 9, to, flow);
}

/** The first element's name is the command, and its text what it is for. */
function readDocument(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  if (from + 5 >= to) return;
  const name = indexOf(octets, from + 5, to, 0);
  if (name < 0) return;
  flow.out.text(Place.Name, octets, from + 5, name);
  if (octets[from + 4] === 0x02 && name + 5 < to) {
    const end = indexOf(octets, name + 5, to, 0);
    if (end > 0) flow.out.text(Place.Collection, octets, name + 5, end);
  }
  for (let p = name; p + DATABASE.length + 4 < to; p++) {
    if (octets[p] !== 0x02 || !startsWith(octets, p, to, DATABASE)) continue;
    const value = p + DATABASE.length + 4;
    const end = indexOf(octets, value, to, 0);
    if (end > 0) flow.out.text(Place.Database, octets, value, end);
    return;
  }
}
