import { u16, u32 } from '../octets.js';
import { ElementType, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Messages = 0,
  User = 1,
  NasAddress = 2,
  NasIdentifier = 3,
  CalledStation = 4,
  CallingStation = 5,
  FramedAddress = 6,
  AccountingStatus = 7,
  AccountingSession = 8,
  ReplyMessage = 9,
  Password = 10,
  Code = 11,
  Id = 12,
  Time = 13,
}

/** RFC 2865 §3: code, identifier, length, authenticator. */
const HEADER_OCTETS = 20;
const LONGEST = 4_096;
/** Attributes in a row that no other protocol has. */
const ENOUGH = 4;
/** Types below are registered or free to use; this one begins the extended ones. */
const LAST_TYPE = 191;
const EXTENDED = 241;

/** Attribute type and the place that takes it. */
const TEXTS: readonly (readonly [type: number, place: Place])[] = [
  [1, Place.User],
  [18, Place.ReplyMessage],
  [30, Place.CalledStation],
  [31, Place.CallingStation],
  [32, Place.NasIdentifier],
  [44, Place.AccountingSession],
];

const enum Attribute {
  Password = 2,
  NasAddress = 4,
  FramedAddress = 8,
  AccountingStatus = 40,
}

const WITHIN = { within: 'messages' } as const;

export const radius: Protocol = {
  name: 'radius',
  title: 'Remote Authentication Dial In User Service',
  evidence: 'a code of RFC 2865 to 5176, the length of the datagram, and attributes that fill it',
  transports: Transport.Udp,
  ports: [1812, 1813, 1645, 1646, 3799],
  first: [1, 2, 3, 4, 5, 11, 12, 13, 40, 41, 42, 43, 44, 45],
  least: HEADER_OCTETS,
  elements: [
    { name: 'messages', type: ElementType.Group, many: true },
    { name: 'user', type: ElementType.Text, ...WITHIN },
    { name: 'nasAddress', type: ElementType.Ipv4, ...WITHIN },
    { name: 'nasIdentifier', type: ElementType.Text, ...WITHIN },
    { name: 'calledStation', type: ElementType.Text, ...WITHIN },
    { name: 'callingStation', type: ElementType.Text, ...WITHIN },
    { name: 'framedAddress', type: ElementType.Ipv4, ...WITHIN },
    { name: 'accountingStatus', type: ElementType.Unsigned, ...WITHIN },
    { name: 'accountingSession', type: ElementType.Text, ...WITHIN },
    { name: 'replyMessage', type: ElementType.Text, ...WITHIN },
    { name: 'password', type: ElementType.Octets, secret: true, ...WITHIN },
    { name: 'code', type: ElementType.Unsigned, ...WITHIN },
    { name: 'id', type: ElementType.Unsigned, ...WITHIN },
    { name: 'time', type: ElementType.Milliseconds, ...WITHIN },
  ],

  recognise(octets, from, to, flow) {
    const length = u16(octets, from + 2);
    if (length < HEADER_OCTETS || length > LONGEST || length > flow.wireOctets || flow.wireOctets - length > 4)
      return Verdict.NoMatch;
    const known = attributes(octets, from + HEADER_OCTETS, Math.min(to, from + length), to < from + length);
    if (known < 0) return Verdict.NoMatch;
    // An answer without attributes says little.
    return known > 0 ? Verdict.Match : Verdict.Likely;
  },

  extractor: {
    extract(octets, from, to, flow) {
      const { out } = flow;
      if (to - from < HEADER_OCTETS) return 1;
      out.begin(Place.Messages);
      out.time(Place.Time);
      out.unsigned(Place.Code, octets[from]);
      out.unsigned(Place.Id, octets[from + 1]);
      writeAttributes(octets, from + HEADER_OCTETS, Math.min(to, from + u16(octets, from + 2)), flow);
      out.end();
      return 1;
    },
  },
};

/** Attributes of registered types up to one that cannot be; -1 when the first cannot be, or the last of a few. */
function attributes(octets: Uint8Array, from: number, to: number, isCut: boolean): number {
  let known = 0;
  let p = from;
  for (let n = 0; p < to && n < 200; n++) {
    const length = p + 2 > to ? 0 : octets[p + 1];
    const type = octets[p];
    const isWrong = length < 2 || type === 0 || (isFourOctets(type) && length !== 6) || (p + length > to && !isCut);
    // Damaged, or not RADIUS: a few that are right in a row are enough.
    if (isWrong) return known >= ENOUGH || isCut ? known : -1;
    if (type <= LAST_TYPE || type === EXTENDED) known++;
    p += length;
  }
  return known;
}

/** Attributes whose values are addresses or numbers of four octets. */
function isFourOctets(type: number): boolean {
  return type === Attribute.NasAddress || type === 5 || type === 6 || type === 8 || type === Attribute.AccountingStatus;
}

function writeAttributes(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  for (let n = 0, p = from; p + 2 <= to && n < 200; n++) {
    const end = p + octets[p + 1];
    if (octets[p + 1] < 2 || end > to) return;
    for (let t = 0; t < TEXTS.length; t++) if (TEXTS[t][0] === octets[p]) out.text(TEXTS[t][1], octets, p + 2, end);
    if (octets[p] === Attribute.Password) out.octets(Place.Password, octets, p + 2, end);
    if (end - p === 6) {
      if (octets[p] === Attribute.NasAddress) out.ipv4(Place.NasAddress, octets, p + 2);
      else if (octets[p] === Attribute.FramedAddress) out.ipv4(Place.FramedAddress, octets, p + 2);
      else if (octets[p] === Attribute.AccountingStatus) out.unsigned(Place.AccountingStatus, u32(octets, p + 2));
    }
    p = end;
  }
}
