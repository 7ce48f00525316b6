import { berContents, berEnd, berEnter, berSkip, berUnsigned, Tag, writeObjectId } from '../ber.js';
import { ElementType, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  Community = 1,
  User = 2,
  EngineId = 3,
  Operations = 4,
  ObjectIds = 5,
  ErrorStatus = 6,
}

const enum Pdu {
  First = 0xa0,
  TrapV1 = 0xa4,
  GetBulk = 0xa5,
  Last = 0xa8,
}

const MOST_MESSAGES = 256;
const MOST_BINDINGS = 16;

export const snmp: Protocol = {
  name: 'snmp',
  title: 'Simple Network Management Protocol, versions 1, 2c and 3',
  evidence: 'a BER message with a version, a community and a PDU, or the header and security parameters of version 3',
  transports: Transport.Udp,
  ports: [161, 162],
  first: [Tag.Sequence],
  least: 12,
  elements: [
    { name: 'version', type: ElementType.Unsigned },
    { name: 'community', type: ElementType.Text, secret: true },
    { name: 'user', type: ElementType.Text },
    { name: 'engineId', type: ElementType.Octets, max: 32 },
    { name: 'operations', type: ElementType.Unsigned, many: true },
    { name: 'objectIds', type: ElementType.Text, many: true },
    { name: 'errorStatus', type: ElementType.Unsigned },
  ],

  recognise(octets, from, to, flow) {
    const message = berContents(octets, from, to);
    if (message < 0 || berEnd(octets, from, to) > from + flow.wireOctets) return Verdict.NoMatch;
    const version = versionOf(octets, message, to);
    if (version < 0) return Verdict.NoMatch;
    if (version === 3) return isVersion3(octets, message + 3, to) ? Verdict.Match : Verdict.NoMatch;
    const pdu = berSkip(octets, message + 3, to, Tag.OctetString);
    if (pdu < 0 || pdu >= to || octets[pdu] < Pdu.First || octets[pdu] > Pdu.Last) return Verdict.NoMatch;
    const first = berContents(octets, pdu, to);
    const expected = octets[pdu] === Pdu.TrapV1 ? Tag.ObjectId : Tag.Integer;
    return first >= 0 && first < to && octets[first] === expected ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      const { words, memory, out } = flow;
      if (words[memory]++ >= MOST_MESSAGES) return out.stop();
      const message = berEnter(octets, from, to, Tag.Sequence);
      const version = message < 0 ? -1 : versionOf(octets, message, to);
      if (version < 0) return 1;
      out.unsigned(Place.Version, version === 0 ? 1 : version === 1 ? 2 : 3);
      if (version === 3) writeVersion3(octets, message + 3, to, flow);
      else {
        const community = berEnter(octets, message + 3, to, Tag.OctetString);
        const pdu = berSkip(octets, message + 3, to, Tag.OctetString);
        if (community < 0 || pdu < 0) return 1;
        out.text(Place.Community, octets, community, pdu);
        writePdu(octets, pdu, to, flow);
      }
      return 1;
    },
  },
};

/** The version field of the message: 0, 1 or 3; -1 for others. */
function versionOf(octets: Uint8Array, at: number, to: number): number {
  if (at + 3 > to || octets[at] !== Tag.Integer || octets[at + 1] !== 1) return -1;
  const version = octets[at + 2];
  return version === 0 || version === 1 || version === 3 ? version : -1;
}

/** RFC 3412 §6: message number, largest size, flags, security model; then the security parameters. */
function isVersion3(octets: Uint8Array, at: number, to: number): boolean {
  const number = berEnter(octets, at, to, Tag.Sequence);
  const size = berSkip(octets, number, to, Tag.Integer);
  const flags = berSkip(octets, size, to, Tag.Integer);
  if (flags < 0 || flags + 3 > to) return false;
  return octets[flags] === Tag.OctetString && octets[flags + 1] === 1 && octets[flags + 2] < 8;
}

function writeVersion3(octets: Uint8Array, at: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const parameters = berSkip(octets, at, to, Tag.Sequence);
  const inside = berEnter(octets, berEnter(octets, parameters, to, Tag.OctetString), to, Tag.Sequence);
  const boots = berSkip(octets, inside, to, Tag.OctetString);
  if (boots < 0) return;
  const engine = berContents(octets, inside, to);
  if (boots > engine) out.octets(Place.EngineId, octets, engine, boots);
  const user = berSkip(octets, berSkip(octets, boots, to, Tag.Integer), to, Tag.Integer);
  const userEnd = berSkip(octets, user, to, Tag.OctetString);
  if (userEnd < 0) return;
  const name = berContents(octets, user, to);
  if (userEnd > name) out.text(Place.User, octets, name, userEnd);
  const context = berEnter(octets, berSkip(octets, parameters, to, Tag.OctetString), to, Tag.Sequence);
  const pdu = berSkip(octets, berSkip(octets, context, to, Tag.OctetString), to, Tag.OctetString);
  if (pdu >= 0) writePdu(octets, pdu, to, flow);
}

function writePdu(octets: Uint8Array, pdu: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const first = pdu < to ? berContents(octets, pdu, to) : -1;
  if (first < 0) return;
  out.unsigned(Place.Operations, octets[pdu] - Pdu.First);
  if (octets[pdu] === Pdu.TrapV1) {
    const end = berSkip(octets, first, to, Tag.ObjectId);
    if (end >= 0) writeObjectId(flow, Place.ObjectIds, octets, berContents(octets, first, to), end);
    return;
  }
  const status = berSkip(octets, first, to, Tag.Integer);
  const index = berSkip(octets, status, to, Tag.Integer);
  const error = berUnsigned(octets, status, to);
  if (error > 0 && octets[pdu] !== Pdu.GetBulk) out.unsigned(Place.ErrorStatus, error);
  let p = berEnter(octets, berSkip(octets, index, to, Tag.Integer), to, Tag.Sequence);
  for (let n = 0; n < MOST_BINDINGS && p >= 0 && p < to; n++) {
    const name = berEnter(octets, p, to, Tag.Sequence);
    const end = berSkip(octets, name, to, Tag.ObjectId);
    if (end < 0) return;
    writeObjectId(flow, Place.ObjectIds, octets, berContents(octets, name, to), end);
    p = berSkip(octets, p, to, Tag.Sequence);
  }
}
