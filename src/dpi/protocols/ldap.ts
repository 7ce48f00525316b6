import { berContents, berEnd, berEnter, berSkip, berUnsigned, Tag } from '../ber.js';
import { ascii, isDigit, startsWith } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Operations = 0,
  BindName = 1,
  Password = 2,
  Mechanism = 3,
  SearchBases = 4,
  Entries = 5,
  ExtendedNames = 6,
  Results = 7,
  Changed = 8,
}

/** Application tags of RFC 4511 §4. */
const enum Operation {
  BindRequest = 0x60,
  BindResponse = 0x61,
  Unbind = 0x42,
  SearchRequest = 0x63,
  SearchEntry = 0x64,
  SearchDone = 0x65,
  ModifyRequest = 0x66,
  ModifyResponse = 0x67,
  AddRequest = 0x68,
  AddResponse = 0x69,
  DeleteRequest = 0x4a,
  DeleteResponse = 0x6b,
  RenameRequest = 0x6c,
  RenameResponse = 0x6d,
  CompareRequest = 0x6e,
  CompareResponse = 0x6f,
  Abandon = 0x50,
  Reference = 0x73,
  ExtendedRequest = 0x77,
  ExtendedResponse = 0x78,
  Intermediate = 0x79,
}

const enum Refined {
  Tls = 0,
}

const START_TLS = ascii('1.3.6.1.4.1.1466.20037');
const LONGEST = 1 << 24;
const MOST_MESSAGES = 256;
/** Octets of a message that are looked at; the rest of a longer one is skipped. */
const SEEN = 4_096;

export const ldap: Protocol = {
  name: 'ldap',
  title: 'Lightweight Directory Access Protocol, over UDP too, and TLS after StartTLS',
  evidence: 'a BER message with a number and an operation of RFC 4511 whose first fields can be',
  transports: Transport.Both,
  ports: [389, 3268],
  first: [Tag.Sequence],
  least: 7,
  refines: ['tls'],
  refinesLabels: true,
  elements: [
    { name: 'operations', type: ElementType.Unsigned, many: true },
    { name: 'bindName', type: ElementType.Text },
    { name: 'password', type: ElementType.Text, secret: true },
    { name: 'mechanism', type: ElementType.Text },
    { name: 'searchBases', type: ElementType.Text, many: true },
    { name: 'entries', type: ElementType.Text, many: true },
    { name: 'extendedNames', type: ElementType.Text, many: true },
    { name: 'results', type: ElementType.Unsigned, many: true },
    { name: 'changed', type: ElementType.Text, many: true },
  ],

  recognise(octets, from, to, flow) {
    const end = berEnd(octets, from, to);
    if (end < 0) return octets[from + 1] > 0x84 || octets[from + 1] === 0x80 ? Verdict.NoMatch : Verdict.NeedMore;
    if (end - from > LONGEST || end - from < 7) return Verdict.NoMatch;
    if (flow.transport === Transport.Udp && end > from + flow.wireOctets) return Verdict.NoMatch;
    const operation = operationAt(octets, from, to);
    if (operation < 0) return octets[berContents(octets, from, to)] === Tag.Integer ? waiting(flow) : Verdict.NoMatch;
    if (operation >= to) return waiting(flow);
    return judge(octets, operation, Math.min(to, end), to < end && !flow.isLast, end);
  },

  extractor: {
    words: 3,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      if (octets[from] !== Tag.Sequence) return Extract.EndDirection;
      const end = berEnd(octets, from, to);
      if (end < 0) return flow.isLast || to - from > 6 ? Extract.EndDirection : Extract.More;
      if (end - from > LONGEST) return Extract.End;
      if (words[memory] >= 8 * MOST_MESSAGES) return flow.out.stop();
      if (end > to && to - from < SEEN && !flow.isLast) return Extract.More;
      words[memory]++;
      const operation = operationAt(octets, from, to);
      if (operation >= 0 && operation < to) {
        if (octets[operation] === Operation.ExtendedResponse && words[memory + 1] === 1) {
          flow.handOver(Refined.Tls);
          return end - from;
        }
        writeMessage(octets, operation, Math.min(to, end), flow);
      }
      return end - from;
    },
  },
};

function waiting(flow: FlowView): Verdict {
  return flow.transport === Transport.Tcp && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
}

/** Where the operation stands, behind the message number; -1 without one of four octets at most. */
function operationAt(octets: Uint8Array, from: number, to: number): number {
  const number = berContents(octets, from, to);
  if (number < 0 || number + 2 > to || octets[number] !== Tag.Integer) return -1;
  const length = octets[number + 1];
  return length < 1 || length > 4 || number + 2 + length > to || octets[number + 2] >= 0x80 ? -1 : number + 2 + length;
}

/** Whether the first fields of the operation are those of its kind. */
function judge(octets: Uint8Array, at: number, to: number, isMore: boolean, messageEnd: number): Verdict {
  const inside = berContents(octets, at, to);
  const none = isMore ? Verdict.NeedMore : Verdict.NoMatch;
  if (inside < 0) return none;
  const end = berEnd(octets, at, to);
  if (end > messageEnd) return Verdict.NoMatch;
  switch (octets[at]) {
    case Operation.BindRequest:
      if (inside + 4 > to) return none;
      return octets[inside] === Tag.Integer &&
        octets[inside + 1] === 1 &&
        (octets[inside + 2] === 2 || octets[inside + 2] === 3) &&
        octets[inside + 3] === Tag.OctetString
        ? Verdict.Match
        : Verdict.NoMatch;
    case Operation.SearchRequest: {
      const scope = berSkip(octets, inside, to, Tag.OctetString);
      if (scope < 0 || scope + 3 > to) return isMore && octets[inside] === Tag.OctetString ? none : Verdict.NoMatch;
      return octets[scope] === Tag.Enumerated && octets[scope + 1] === 1 && octets[scope + 2] <= 3
        ? Verdict.Match
        : Verdict.NoMatch;
    }
    case Operation.BindResponse:
    case Operation.SearchDone:
    case Operation.ModifyResponse:
    case Operation.AddResponse:
    case Operation.DeleteResponse:
    case Operation.RenameResponse:
    case Operation.CompareResponse:
    case Operation.ExtendedResponse:
      if (inside + 4 > to) return none;
      return octets[inside] === Tag.Enumerated && octets[inside + 1] === 1 && octets[inside + 3] === Tag.OctetString
        ? Verdict.Match
        : Verdict.NoMatch;
    case Operation.SearchEntry: {
      const attributes = berSkip(octets, inside, to, Tag.OctetString);
      if (attributes < 0 || attributes >= to)
        return isMore && octets[inside] === Tag.OctetString ? none : Verdict.NoMatch;
      return octets[attributes] === Tag.Sequence ? Verdict.Match : Verdict.NoMatch;
    }
    case Operation.ExtendedRequest:
      if (inside + 4 > to) return none;
      return octets[inside] === 0x80 && isDigit(octets[inside + 2]) && octets[inside + 3] === 0x2e
        ? Verdict.Match
        : Verdict.NoMatch;
    case Operation.Unbind:
      return octets[at + 1] === 0 && end === messageEnd ? Verdict.Likely : Verdict.NoMatch;
    case Operation.ModifyRequest:
    case Operation.AddRequest:
    case Operation.RenameRequest:
    case Operation.CompareRequest:
      if (inside >= to) return none;
      return octets[inside] === Tag.OctetString ? Verdict.Likely : Verdict.NoMatch;
    case Operation.DeleteRequest:
    case Operation.Abandon:
    case Operation.Reference:
    case Operation.Intermediate:
      return end === messageEnd || octets[end] === 0xa0 ? Verdict.Likely : Verdict.NoMatch;
    default:
      return Verdict.NoMatch;
  }
}

function writeMessage(octets: Uint8Array, at: number, to: number, flow: FlowView): void {
  const { out, words, memory } = flow;
  if (words[memory + 2]++ >= MOST_MESSAGES) {
    out.stop();
    return;
  }
  const inside = berContents(octets, at, to);
  if (inside < 0) return;
  const operation = octets[at];
  out.unsigned(Place.Operations, operation & 0x1f);
  switch (operation) {
    case Operation.BindRequest: {
      const method = berSkip(octets, inside + 3, to, Tag.OctetString);
      if (method < 0) return;
      out.text(Place.BindName, octets, berContents(octets, inside + 3, to), method);
      if (method >= to) return;
      const value = berContents(octets, method, to);
      const end = Math.min(to, berEnd(octets, method, to));
      if (octets[method] === 0x80 && value >= 0 && end > value) out.text(Place.Password, octets, value, end);
      else if (octets[method] === 0xa3) writeString(octets, value, end, flow, Place.Mechanism);
      return;
    }
    case Operation.SearchRequest:
      writeString(octets, inside, to, flow, Place.SearchBases);
      return;
    case Operation.SearchEntry:
      writeString(octets, inside, to, flow, Place.Entries);
      return;
    case Operation.ModifyRequest:
    case Operation.AddRequest:
    case Operation.RenameRequest:
      writeString(octets, inside, to, flow, Place.Changed);
      return;
    case Operation.DeleteRequest:
      out.text(Place.Changed, octets, inside, Math.min(to, berEnd(octets, at, to)));
      return;
    case Operation.ExtendedRequest: {
      const end = berSkip(octets, inside, to, 0x80);
      if (end < 0) return;
      const name = berContents(octets, inside, to);
      out.text(Place.ExtendedNames, octets, name, end);
      if (isStartTls(octets, name, end)) words[memory + 1] = 1;
      return;
    }
    default: {
      const result = octets[inside] === Tag.Enumerated ? berUnsigned(octets, inside, to) : -1;
      if (result >= 0) out.unsigned(Place.Results, result);
    }
  }
}

function writeString(octets: Uint8Array, at: number, to: number, flow: FlowView, place: Place): void {
  const text = berEnter(octets, at, to, Tag.OctetString);
  if (text >= 0) flow.out.text(place, octets, text, Math.min(to, berEnd(octets, at, to)));
}

/** 1.3.6.1.4.1.1466.20037 (RFC 4511 §4.14). */
function isStartTls(octets: Uint8Array, from: number, to: number): boolean {
  return to - from === START_TLS.length && startsWith(octets, from, to, START_TLS);
}
