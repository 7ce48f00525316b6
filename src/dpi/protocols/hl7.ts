import { ascii, indexOf, mayStartWith, startsWith } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Sender = 0,
  Facility = 1,
  Receiver = 2,
  Type = 3,
}

const START = ascii('\x0bMSH|');
/** Fields of the header segment that are taken, counted from the one behind MSH. */
const FIELDS = Int8Array.of(-1, Place.Sender, Place.Facility, Place.Receiver, -1, -1, -1, Place.Type);

export const hl7: Protocol = {
  name: 'hl7',
  title: 'Health Level Seven, version 2 over MLLP',
  evidence: 'a vertical tabulator and the header segment MSH',
  transports: Transport.Tcp,
  ports: [2575],
  first: [START[0]],
  elements: [
    { name: 'sender', type: ElementType.Text, many: true },
    { name: 'facility', type: ElementType.Text, many: true },
    { name: 'receiver', type: ElementType.Text, many: true },
    { name: 'type', type: ElementType.Text, many: true },
  ],

  recognise(octets, from, to) {
    if (startsWith(octets, from, to, START)) return Verdict.Match;
    return mayStartWith(octets, from, to, START) ? Verdict.NeedMore : Verdict.NoMatch;
  },

  extractor: {
    window: 1_024,
    extract(octets, from, to, flow) {
      const end = indexOf(octets, from, Math.min(to, from + 1_000), 0x0d);
      if (end < 0) return flow.isLast || to - from >= 1_000 ? Extract.EndDirection : Extract.More;
      readHeader(octets, from + START.length, end, flow);
      return Extract.EndDirection;
    },
  },
};

function readHeader(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  let p = from;
  for (let n = 0; n < FIELDS.length && p < to; n++) {
    const bar = indexOf(octets, p, to, 0x7c);
    const end = bar < 0 ? to : bar;
    if (FIELDS[n] >= 0 && end > p) flow.out.text(FIELDS[n], octets, p, end);
    p = end + 1;
  }
}
