import { u16, u32 } from '../octets.js';
import { ElementType, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Messages = 0,
  Type = 1,
  Hardware = 2,
  Transaction = 3,
  HostName = 4,
  VendorClass = 5,
  ParameterList = 6,
  RequestedAddress = 7,
  YourAddress = 8,
  ServerId = 9,
  LeaseSeconds = 10,
  Domain = 11,
  ClientName = 12,
}

/** RFC 2131 §2. */
const enum Header {
  Transaction = 4,
  Your = 16,
  Hardware = 28,
  Cookie = 236,
  Options = 240,
  MagicCookie = 0x6382_5363,
}

const enum Option {
  Pad = 0,
  HostName = 12,
  Domain = 15,
  RequestedAddress = 50,
  Lease = 51,
  MessageType = 53,
  ServerId = 54,
  ParameterList = 55,
  VendorClass = 60,
  ClientName = 81,
  End = 255,
}

const MOST_OPTIONS = 100;
const MOST_MESSAGES = 256;
const WITHIN = { within: 'messages' } as const;

export const dhcp: Protocol = {
  name: 'dhcp',
  title: 'Dynamic Host Configuration Protocol for IPv4, BOOTP',
  evidence: 'a BOOTP header with the magic cookie of RFC 2131 §3',
  transports: Transport.Udp,
  ports: [67, 68],
  first: [1, 2],
  least: Header.Options,
  elements: [
    { name: 'messages', type: ElementType.Group, many: true },
    { name: 'type', type: ElementType.Unsigned, ...WITHIN },
    { name: 'hardwareAddress', type: ElementType.Octets, max: 16, ...WITHIN },
    { name: 'transaction', type: ElementType.Unsigned, ...WITHIN },
    { name: 'hostName', type: ElementType.Text, ...WITHIN },
    { name: 'vendorClass', type: ElementType.Text, ie: 'dhcpVendorCode', ...WITHIN },
    { name: 'parameterList', type: ElementType.Octets, ie: 'dhcpFingerPrint', ...WITHIN },
    { name: 'requestedAddress', type: ElementType.Ipv4, ...WITHIN },
    { name: 'yourAddress', type: ElementType.Ipv4, ...WITHIN },
    { name: 'serverId', type: ElementType.Ipv4, ...WITHIN },
    { name: 'leaseSeconds', type: ElementType.Unsigned, ...WITHIN },
    { name: 'domain', type: ElementType.Text, ...WITHIN },
    { name: 'clientName', type: ElementType.Text, ...WITHIN },
  ],

  recognise(octets, from) {
    const isGood = octets[from + 2] <= 16 && u32(octets, from + Header.Cookie) === Header.MagicCookie;
    return isGood ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < Header.Options) return 1;
      if (flow.words[flow.memory]++ >= MOST_MESSAGES) return flow.out.stop();
      writeMessage(octets, from, to, flow);
      return 1;
    },
  },
};

function writeMessage(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  out.begin(Place.Messages);
  out.octets(Place.Hardware, octets, from + Header.Hardware, from + Header.Hardware + Math.min(16, octets[from + 2]));
  out.unsigned(Place.Transaction, u32(octets, from + Header.Transaction));
  if (u32(octets, from + Header.Your) !== 0) out.ipv4(Place.YourAddress, octets, from + Header.Your);
  for (let p = from + Header.Options, n = 0; p + 2 <= to && n < MOST_OPTIONS; n++) {
    if (octets[p] === Option.End) break;
    if (octets[p] === Option.Pad) {
      p++;
      continue;
    }
    const body = p + 2;
    const end = body + octets[p + 1];
    if (end > to) break;
    writeOption(octets, octets[p], body, end, flow);
    p = end;
  }
  out.end();
}

function writeOption(octets: Uint8Array, option: number, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const length = to - from;
  switch (option) {
    case Option.MessageType:
      if (length === 1) out.unsigned(Place.Type, octets[from]);
      break;
    case Option.HostName:
      out.text(Place.HostName, octets, from, to);
      break;
    case Option.VendorClass:
      out.text(Place.VendorClass, octets, from, to);
      break;
    case Option.ParameterList:
      out.octets(Place.ParameterList, octets, from, to);
      break;
    case Option.RequestedAddress:
      if (length === 4) out.ipv4(Place.RequestedAddress, octets, from);
      break;
    case Option.ServerId:
      if (length === 4) out.ipv4(Place.ServerId, octets, from);
      break;
    case Option.Lease:
      if (length === 4) out.unsigned(Place.LeaseSeconds, u16(octets, from) * 65_536 + u16(octets, from + 2));
      break;
    case Option.Domain:
      out.text(Place.Domain, octets, from, to);
      break;
    case Option.ClientName:
      if (length > 3) out.text(Place.ClientName, octets, from + 3, to);
      break;
  }
}
