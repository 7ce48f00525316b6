import { u16le } from '../little-endian.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Source = 0,
  Destination = 1,
  Functions = 2,
}

/** Link frame (IEEE 1815 §9.2): start, length, control, destination, source, check; then blocks of 16 with a check each. */
const enum Frame {
  Start0 = 0x05,
  Start1 = 0x64,
  Length = 2,
  Control = 3,
  Destination = 4,
  Source = 6,
  Check = 8,
  HeaderOctets = 10,
  /** Transport header, application control, function. */
  Function = 12,
  LeastLength = 5,
}

const enum Memory {
  Frames = 0,
  /** Addresses were written. */
  Addresses = 1,
  /** Function codes that were seen, a bit each. */
  Functions = 2,
}

const MOST_FRAMES = 256;

export const dnp3: Protocol = {
  name: 'dnp3',
  title: 'Distributed Network Protocol 3',
  evidence: 'a link header with its start octets and a right checksum',
  transports: Transport.Both,
  ports: [20000],
  first: [Frame.Start0],
  least: Frame.HeaderOctets,
  elements: [
    { name: 'source', type: ElementType.Unsigned, ie: 'dnp3SourceAddress' },
    { name: 'destination', type: ElementType.Unsigned, ie: 'dnp3DestinationAddress' },
    { name: 'functions', type: ElementType.Unsigned, many: true, ie: 'dnp3Function' },
  ],

  recognise(octets, from, _to, flow) {
    if (octets[from + 1] !== Frame.Start1 || octets[from + Frame.Length] < Frame.LeastLength) return Verdict.NoMatch;
    if (check(octets, from, from + Frame.Check) === u16le(octets, from + Frame.Check)) return Verdict.Match;
    const isPort = flow.sourcePort === 20_000 || flow.destinationPort === 20_000;
    return isPort ? Verdict.Likely : Verdict.NoMatch;
  },

  extractor: {
    words: 10,
    window: 512,
    extract(octets, from, to, flow) {
      if (to - from < Frame.HeaderOctets) return flow.isLast ? Extract.EndDirection : Extract.More;
      if (octets[from] !== Frame.Start0 || octets[from + 1] !== Frame.Start1) return Extract.EndDirection;
      const data = Math.max(0, octets[from + Frame.Length] - Frame.LeastLength);
      const length = Frame.HeaderOctets + data + 2 * ((data + 15) >>> 4);
      if (data >= 3 && to - from <= Frame.Function && !flow.isLast) return Extract.More;
      write(octets, from, to, flow, data);
      return ++flow.words[flow.memory] >= MOST_FRAMES ? Extract.End : length;
    },
  },
};

/** CRC of IEEE 1815 §9.2.4.3.7, least significant bit first. */
function check(octets: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let p = from; p < to; p++) {
    sum ^= octets[p];
    for (let bit = 0; bit < 8; bit++) sum = (sum & 1) !== 0 ? (sum >>> 1) ^ 0xa6bc : sum >>> 1;
  }
  return ~sum & 0xffff;
}

function write(octets: Uint8Array, from: number, to: number, flow: FlowView, data: number): void {
  const { out, words, memory } = flow;
  if (words[memory + Memory.Addresses] === 0) {
    words[memory + Memory.Addresses] = 1;
    out.unsigned(Place.Source, u16le(octets, from + Frame.Source));
    out.unsigned(Place.Destination, u16le(octets, from + Frame.Destination));
  }
  // The first segment of a message has the function.
  if (data < 3 || to - from <= Frame.Function || (octets[from + Frame.HeaderOctets] & 0x40) === 0) return;
  const code = octets[from + Frame.Function];
  const word = memory + Memory.Functions + (code >>> 5);
  if ((words[word] & (1 << (code & 31))) !== 0) return;
  words[word] |= 1 << (code & 31);
  out.unsigned(Place.Functions, code);
}
