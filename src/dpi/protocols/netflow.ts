import { u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  Source = 1,
}

/** Headers of NetFlow versions 1, 5, 7 and 9 (RFC 3954 §5.1), and of IPFIX (RFC 7011 §3.1). */
const enum Export {
  Octets = 16,
  Version1 = 1,
  Version5 = 5,
  Version7 = 7,
  Version9 = 9,
  Ipfix = 10,
  MostRecords = 30,
  FirstDataSet = 256,
}
/** Export times between 1996 and 2096 are believed. */
const EARLIEST = 820_454_400;
const LATEST = 3_976_214_400;

export const netflow: Protocol = {
  name: 'netflow',
  title: 'NetFlow versions 1 to 9, and IPFIX',
  evidence: 'a version, a time, and a length that is that of the records or sets',
  transports: Transport.Both,
  ports: [2055, 9995, 9996, 4739],
  first: [0],
  least: 2,
  elements: [
    { name: 'version', type: ElementType.Unsigned },
    { name: 'source', type: ElementType.Unsigned },
  ],

  recognise(octets, from, to, flow) {
    const version = u16(octets, from);
    if (version === 0 || version > Export.Ipfix) return Verdict.NoMatch;
    if (to - from < Export.Octets) {
      const isWaiting = version === Export.Ipfix && flow.transport === Transport.Tcp && !flow.isLast;
      return isWaiting ? Verdict.NeedMore : Verdict.NoMatch;
    }
    if (version === Export.Ipfix) return recogniseIpfix(octets, from, to, flow);
    if (flow.transport === Transport.Tcp) return Verdict.NoMatch;
    const count = u16(octets, from + 2);
    const time = u32(octets, from + 8);
    if (count === 0 || time < EARLIEST || time > LATEST) return Verdict.NoMatch;
    switch (version) {
      case Export.Version1:
        return isSized(flow, count, 16, 52);
      case Export.Version5:
        return isSized(flow, count, 24, 48);
      case Export.Version7:
        return isSized(flow, count, 24, 52);
      case Export.Version9:
        return areSets(octets, from + 20, to, from + flow.wireOctets, 0) ? Verdict.Match : Verdict.NoMatch;
    }
    return Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      const version = to - from >= Export.Octets ? u16(octets, from) : 0;
      if (version === 0) return Extract.End;
      flow.out.unsigned(Place.Version, version);
      if (version === Export.Ipfix) flow.out.unsigned(Place.Source, u32(octets, from + 12));
      else if (version === Export.Version9 && to - from >= 20) flow.out.unsigned(Place.Source, u32(octets, from + 16));
      return Extract.End;
    },
  },
};

function isSized(flow: FlowView, count: number, header: number, record: number): Verdict {
  return count <= Export.MostRecords && flow.wireOctets === header + count * record ? Verdict.Match : Verdict.NoMatch;
}

function recogniseIpfix(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const length = u16(octets, from + 2);
  const time = u32(octets, from + 4);
  if (length < Export.Octets + 4 || time < EARLIEST || time > LATEST) return Verdict.NoMatch;
  if (flow.transport === Transport.Udp && length !== flow.wireOctets) return Verdict.NoMatch;
  if (to - from < 20) return flow.isLast || flow.transport === Transport.Udp ? Verdict.NoMatch : Verdict.NeedMore;
  return areSets(octets, from + Export.Octets, to, from + length, 2) ? Verdict.Match : Verdict.NoMatch;
}

/** Sets of templates, of options templates (the number after), and of data follow each other to `end`. */
function areSets(octets: Uint8Array, from: number, to: number, end: number, templates: number): boolean {
  let p = from;
  let count = 0;
  for (; count < 64 && p + 4 <= to; count++) {
    const set = u16(octets, p);
    const length = u16(octets, p + 2);
    if (set < Export.FirstDataSet && set !== templates && set !== templates + 1) return false;
    if (length < 8 || p + length > end) return false;
    p += length;
  }
  return count > 0 && (p <= end || to < end);
}
