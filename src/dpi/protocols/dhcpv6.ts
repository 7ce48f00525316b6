import { u16 } from '../octets.js';
import { ElementType, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Types = 0,
  ClientId = 1,
  ServerId = 2,
  Requested = 3,
  VendorClass = 4,
  ClientName = 5,
  Addresses = 6,
}

/** RFC 8415 §7.3, §8, §9, §21. */
const enum Message {
  LastType = 13,
  RelayForward = 12,
  HeaderOctets = 4,
  /** Hop count and two addresses. */
  RelayOctets = 34,
  LongestPath = 32,
}
const enum Option {
  ClientId = 1,
  ServerId = 2,
  IdentityAssociation = 3,
  Requested = 6,
  ElapsedTime = 8,
  RelayMessage = 9,
  VendorClass = 16,
  ClientName = 39,
  /** Highest registered number. */
  Last = 151,
  Address = 5,
}
const MOST_OPTIONS = 64;
const MOST_MESSAGES = 64;

export const dhcpv6: Protocol = {
  name: 'dhcpv6',
  title: 'Dynamic Host Configuration Protocol for IPv6',
  evidence: 'a message type of RFC 8415 and options that fill the datagram, an identifier among them',
  transports: Transport.Udp,
  ports: [546, 547],
  first: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
  least: 8,
  elements: [
    { name: 'types', type: ElementType.Unsigned, many: true },
    { name: 'clientId', type: ElementType.Octets, max: 128 },
    { name: 'serverId', type: ElementType.Octets, max: 128 },
    { name: 'requestedOptions', type: ElementType.Octets },
    { name: 'vendorClass', type: ElementType.Text },
    { name: 'clientName', type: ElementType.Text },
    { name: 'addresses', type: ElementType.Ipv6, many: true },
  ],

  recognise(octets, from, to, flow) {
    const isRelay = octets[from] >= Message.RelayForward;
    if (isRelay && octets[from + 1] > Message.LongestPath) return Verdict.NoMatch;
    let p = from + (isRelay ? Message.RelayOctets : Message.HeaderOctets);
    const isCut = flow.wireOctets > to - from;
    let isTold = false;
    let count = 0;
    for (; p + 4 <= to && count < MOST_OPTIONS; count++) {
      const option = u16(octets, p);
      const length = u16(octets, p + 2);
      if (option === 0 || option > Option.Last) return Verdict.NoMatch;
      if (option === Option.ElapsedTime && length !== 2) return Verdict.NoMatch;
      if (option === Option.ClientId || option === Option.ServerId) {
        // A DUID is of type 1 to 4.
        if (length < 4 || p + 6 > to || octets[p + 4] !== 0 || octets[p + 5] > 4) return Verdict.NoMatch;
        isTold = true;
      } else if (option === Option.RelayMessage && isRelay) isTold = length > 4;
      p += 4 + length;
    }
    const isWhole = p === to || isCut;
    return count > 0 && isWhole && isTold ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < 8) return 1;
      if (flow.words[flow.memory]++ >= MOST_MESSAGES) return flow.out.stop();
      flow.out.unsigned(Place.Types, octets[from]);
      if (octets[from] < Message.RelayForward) writeOptions(octets, from + Message.HeaderOctets, to, flow);
      return 1;
    },
  },
};

function writeOptions(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  for (let n = 0, p = from; n < MOST_OPTIONS && p + 4 <= to; n++) {
    const value = p + 4;
    const end = value + u16(octets, p + 2);
    if (end > to) return;
    switch (u16(octets, p)) {
      case Option.ClientId:
        out.octets(Place.ClientId, octets, value, end);
        break;
      case Option.ServerId:
        out.octets(Place.ServerId, octets, value, end);
        break;
      case Option.Requested:
        out.octets(Place.Requested, octets, value, end);
        break;
      case Option.VendorClass:
        // Enterprise number, length, text.
        if (end - value > 6) out.text(Place.VendorClass, octets, value + 6, end);
        break;
      case Option.ClientName:
        writeName(octets, value + 1, end, flow);
        break;
      case Option.IdentityAssociation:
        // Behind its numbers: an address.
        if (end - value >= 32 && u16(octets, value + 12) === Option.Address)
          out.ipv6(Place.Addresses, octets, value + 16);
    }
    p = end;
  }
}

const name = new Uint8Array(256);

/** Labels with their lengths, as in DNS, with dots between them. */
function writeName(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  let length = 0;
  for (let n = 0, p = from; n < 32 && p < to && octets[p] > 0 && p + 1 + octets[p] <= to; n++) {
    if (length > 0 && length < name.length) name[length++] = 0x2e;
    const end = p + 1 + octets[p];
    for (let q = p + 1; q < end && length < name.length; q++) name[length++] = octets[q];
    p = end;
  }
  if (length > 0) flow.out.text(Place.ClientName, name, 0, length);
}
