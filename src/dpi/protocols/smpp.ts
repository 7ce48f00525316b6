import { indexOf, isText, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  SystemId = 0,
  Password = 1,
  SystemType = 2,
}

/** Header (SMPP 3.4 §3.2): length, command, status, sequence. */
const enum Header {
  Octets = 16,
  Response = 0x8000_0000,
}

const enum Command {
  BindReceiver = 1,
  BindTransmitter = 2,
  Submit = 4,
  Deliver = 5,
  Unbind = 6,
  BindTransceiver = 9,
  Enquire = 0x15,
}

export const smpp: Protocol = {
  name: 'smpp',
  title: 'Short Message Peer-to-Peer',
  evidence: 'a header with a known command, a length that fits it, and texts where it has them',
  transports: Transport.Tcp,
  ports: [2775],
  first: [0],
  least: Header.Octets,
  elements: [
    { name: 'systemId', type: ElementType.Text, max: 16 },
    { name: 'password', type: ElementType.Text, max: 9, secret: true },
    { name: 'systemType', type: ElementType.Text, max: 13 },
  ],

  recognise(octets, from, to, flow) {
    const length = u32(octets, from);
    const command = u32(octets, from + 4);
    const status = u32(octets, from + 8);
    const kind = (command & 0x7fff_ffff) >>> 0;
    const isResponse = command >= Header.Response;
    if (length < Header.Octets || length > 0x1_0000 || kind > 0x0112 || status > 0x0fff) return Verdict.NoMatch;
    if (u32(octets, from + 12) === 0 || (!isResponse && status !== 0)) return Verdict.NoMatch;
    const isBind =
      kind === Command.BindReceiver || kind === Command.BindTransmitter || kind === Command.BindTransceiver;
    if (kind === Command.Enquire || kind === Command.Unbind)
      return length === Header.Octets ? Verdict.Match : Verdict.NoMatch;
    const isMessage = kind === Command.Submit || kind === Command.Deliver;
    if (!isBind && !isMessage) return Verdict.NoMatch;
    if (length > 1_024 || (length === Header.Octets && !isResponse)) return Verdict.NoMatch;
    if (to - from < length) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    if (isMessage && !isResponse) return length > 33 ? Verdict.Match : Verdict.NoMatch;
    const end = indexOf(octets, from + Header.Octets, from + length, 0);
    const isName = end >= 0 && end - from <= 96 && isText(octets, from + Header.Octets, end);
    return isName || (isResponse && length === Header.Octets && status !== 0) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      if (to - from < Header.Octets) return flow.isLast ? Extract.EndDirection : Extract.More;
      const kind = u32(octets, from + 4);
      if (kind !== Command.BindReceiver && kind !== Command.BindTransmitter && kind !== Command.BindTransceiver) {
        return Extract.EndDirection;
      }
      const end = from + Math.min(u32(octets, from), 256);
      if (to < end && !flow.isLast) return Extract.More;
      readBind(octets, from + Header.Octets, Math.min(to, end), flow);
      return Extract.EndDirection;
    },
  },
};

function readBind(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  for (let place = Place.SystemId, p = from; place <= Place.SystemType; place++) {
    const end = indexOf(octets, p, to, 0);
    if (end < 0) return;
    if (end > p) flow.out.text(place, octets, p, end);
    p = end + 1;
  }
}
