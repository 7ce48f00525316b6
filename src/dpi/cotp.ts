import { u16 } from './octets.js';
import { type FlowView, Verdict } from './protocol.js';

/** TPKT (RFC 1006 §6) and the transport protocol of ISO 8073 within. */
const enum Tpkt {
  Version = 3,
  HeaderOctets = 4,
  ConnectRequest = 0xe0,
  ConnectConfirm = 0xd0,
  Data = 0xf0,
}

const MOST_PACKETS = 4;

/**
 * Looks for the first data of a connection behind the opening of the transport; Match when it begins with `id`. A request
 * with TSAPs of two octets each, as controllers have them, is likely.
 */
export function cotpData(octets: Uint8Array, from: number, to: number, flow: FlowView, id: number): Verdict {
  let p = from;
  let answer: Verdict = Verdict.NoMatch;
  for (let n = 0; n < MOST_PACKETS && p < to; n++) {
    if (octets[p] !== Tpkt.Version || (p + 1 < to && octets[p + 1] !== 0)) return Verdict.NoMatch;
    if (p + 7 > to) return flow.isLast ? answer : Verdict.NeedMore;
    const length = u16(octets, p + 2);
    const type = octets[p + 5] & 0xf0;
    if (length < 7) return Verdict.NoMatch;
    if (type === Tpkt.Data) {
      // An empty piece, not the last one: the data comes with the next.
      if (length > 7 && p + 7 >= to) return flow.isLast ? answer : Verdict.NeedMore;
      if (length > 7) return octets[p + 4] === 2 && octets[p + 7] === id ? Verdict.Match : Verdict.NoMatch;
    } else if (type !== Tpkt.ConnectRequest && type !== Tpkt.ConnectConfirm) return Verdict.NoMatch;
    else if (p + length > to) return flow.isLast ? answer : Verdict.NeedMore;
    else if (hasShortSelectors(octets, p + 11, p + length)) answer = Verdict.Likely;
    p += length;
  }
  return flow.isLast ? answer : Verdict.NeedMore;
}

/** Parameters C1 and C2 of two octets each. */
function hasShortSelectors(octets: Uint8Array, from: number, to: number): boolean {
  let found = 0;
  let p = from;
  for (let n = 0; n < 8 && p + 2 <= to; n++) {
    if ((octets[p] === 0xc1 || octets[p] === 0xc2) && octets[p + 1] === 2) found++;
    p += 2 + octets[p + 1];
  }
  return found === 2 && p === to;
}
