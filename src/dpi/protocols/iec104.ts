import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Types = 0,
  CommonAddress = 1,
}

/** APCI (IEC 60870-5-104 §5): start, length, four control octets; then the type of the ASDU. */
const enum Frame {
  Start = 0x68,
  Octets = 6,
  LeastLength = 4,
  MostLength = 253,
  Type = 6,
  Count = 7,
  Cause = 8,
  CommonAddress = 10,
  DataOctets = 12,
  /** Types of process information; others have objects of any length. */
  LastProcess = 70,
}

const MOST_FRAMES = 128;

export const iec104: Protocol = {
  name: 'iec104',
  title: 'IEC 60870-5-104',
  evidence: 'frames whose control octets and types can be, one behind the other',
  transports: Transport.Tcp,
  ports: [2404],
  first: [Frame.Start],
  least: Frame.Octets,
  elements: [
    { name: 'types', type: ElementType.Unsigned, many: true },
    { name: 'commonAddress', type: ElementType.Unsigned },
  ],

  recognise(octets, from, to, flow) {
    let p = from;
    let isStrong = false;
    for (let n = 0; n < 8 && p + Frame.Octets <= to; n++) {
      const strength = strengthOf(octets, p, to);
      if (strength < 0) return Verdict.NoMatch;
      isStrong ||= strength === 1 || n > 0;
      p += 2 + octets[p + 1];
    }
    if (isStrong) return Verdict.Match;
    return flow.sourcePort === 2404 || flow.destinationPort === 2404 ? Verdict.Match : Verdict.Likely;
  },

  extractor: {
    words: 10,
    window: 512,
    extract(octets, from, to, flow) {
      if (to - from < Frame.Octets) return flow.isLast ? Extract.EndDirection : Extract.More;
      const length = octets[from + 1];
      if (octets[from] !== Frame.Start || length < Frame.LeastLength) return Extract.EndDirection;
      if (length >= Frame.DataOctets - 2 && to - from < Frame.DataOctets && !flow.isLast) return Extract.More;
      if (length >= Frame.DataOctets - 2 && to - from >= Frame.DataOctets && (octets[from + 2] & 1) === 0) {
        write(octets, from, flow);
      }
      return ++flow.words[flow.memory] >= MOST_FRAMES ? Extract.End : 2 + length;
    },
  },
};

/** 1: a frame that says what it is (STARTDT, STOPDT, TESTFR, data); 0: an acknowledgement; -1: none. */
function strengthOf(octets: Uint8Array, p: number, to: number): number {
  const length = octets[p + 1];
  if (octets[p] !== Frame.Start || length < Frame.LeastLength || length > Frame.MostLength) return -1;
  const control = octets[p + 2];
  if ((control & 3) === 3) {
    const bits = control & 0xfc;
    const isOne = bits !== 0 && (bits & (bits - 1)) === 0;
    return isOne && length === 4 && octets[p + 3] === 0 && octets[p + 4] === 0 && octets[p + 5] === 0 ? 1 : -1;
  }
  if ((control & 3) === 1)
    return control === 1 && length === 4 && octets[p + 3] === 0 && (octets[p + 4] & 1) === 0 ? 0 : -1;
  if (length < 10 || (octets[p + 4] & 1) !== 0) return -1;
  if (p + Frame.Cause >= to) return 0;
  const type = octets[p + Frame.Type];
  const cause = octets[p + Frame.Cause] & 0x3f;
  return type >= 1 && type <= 127 && cause >= 1 && cause <= 47 && hasRoom(octets, p, length) ? 1 : -1;
}

/** Whether the objects that a frame counts fit it: each with an address, or one address for all, and up to 12 octets. */
function hasRoom(octets: Uint8Array, p: number, length: number): boolean {
  const count = octets[p + Frame.Count] & 0x7f;
  const isSequence = (octets[p + Frame.Count] & 0x80) !== 0;
  const rest = length + 2 - Frame.DataOctets;
  const least = isSequence ? 3 + count : 3 * count;
  const most = isSequence ? 3 + 12 * count : 15 * count;
  return count > 0 && rest >= least && (rest <= most || octets[p + Frame.Type] > Frame.LastProcess);
}

function write(octets: Uint8Array, from: number, flow: FlowView): void {
  const { words, memory, out } = flow;
  const type = octets[from + Frame.Type];
  const word = memory + 2 + (type >>> 5);
  if (words[memory + 1] === 0) {
    words[memory + 1] = 1;
    out.unsigned(
      Place.CommonAddress,
      octets[from + Frame.CommonAddress] | (octets[from + Frame.CommonAddress + 1] << 8),
    );
  }
  if ((words[word] & (1 << (type & 31))) !== 0) return;
  words[word] |= 1 << (type & 31);
  out.unsigned(Place.Types, type);
}
