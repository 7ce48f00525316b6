import { u16, u32 } from './octets.js';

/** RTP and RTCP headers (RFC 3550 §5.1, §6.4). */

const enum Rtp {
  Octets = 12,
  Sequence = 2,
  Source = 8,
}

const enum Rtcp {
  SenderReport = 200,
  ReceiverReport = 201,
  First = 200,
  Last = 207,
  SenderWords = 6,
  ReceiverWords = 1,
  ReportWords = 6,
}

/** Whether the octets can be an RTP packet: version, payload type, and header parts that fit. */
export function looksLikeRtp(octets: Uint8Array, from: number, to: number): boolean {
  if (to - from < Rtp.Octets || octets[from] >>> 6 !== 2) return false;
  const type = octets[from + 1] & 0x7f;
  // 64 to 95 would be taken for RTCP (RFC 5761 §4).
  if ((type > 63 && type < 96) || octets[from + 1] === 0xff) return false;
  let header = Rtp.Octets + 4 * (octets[from] & 0x0f);
  if (octets[from] & 0x10) {
    if (from + header + 4 > to) return false;
    header += 4 + 4 * u16(octets, from + header + 2);
  }
  // Senders of the static types of old do not always choose a source.
  return from + header <= to && (type < 35 || u32(octets, from + Rtp.Source) !== 0);
}

/** Words that remember a packet: its source, then sequence number above how well packets have followed each other. */
export const RTP_WORDS = 2;
const MOST_APART = 20;

/**
 * Compares a packet with the one before it. Answers how well they have followed each other so far: 1 for the first packet,
 * 2 more for the very next one, 1 more for one after some that are missing.
 */
export function followRtp(octets: Uint8Array, from: number, words: Int32Array, at: number): number {
  const source = u32(octets, from + Rtp.Source) | 0;
  const sequence = u16(octets, from + Rtp.Sequence);
  const state = words[at + 1];
  const apart = (sequence - (state >>> 16)) & 0xffff;
  let count = state & 0xffff;
  if (words[at] === source && count > 0 && apart >= 1 && apart <= MOST_APART) count += apart === 1 ? 2 : 1;
  else if (words[at] !== source || count === 0 || apart !== 0) count = 1;
  words[at] = source;
  words[at + 1] = (sequence << 16) | Math.min(count, 0xffff);
  return count;
}

/** How many RTCP packets fill the datagram; 0 when it is none. One that is encrypted from its second word on counts as one. */
export function countRtcp(octets: Uint8Array, from: number, to: number): number {
  let count = 0;
  let p = from;
  while (p + 8 <= to && count < 32) {
    const type = octets[p + 1];
    if (octets[p] >>> 6 !== 2 || type < Rtcp.First || type > Rtcp.Last) break;
    const words = u16(octets, p + 2);
    const reports = octets[p] & 0x1f;
    if (type === Rtcp.SenderReport && words < Rtcp.SenderWords + Rtcp.ReportWords * reports) break;
    if (type === Rtcp.ReceiverReport && words < Rtcp.ReceiverWords + Rtcp.ReportWords * reports) break;
    if (p + 4 + 4 * words > to) break;
    p += 4 + 4 * words;
    count++;
  }
  if (p === to) return count;
  // The encrypted form (RFC 3711 §3.4) has the header of its first packet in the clear and ends in index and tag.
  const words = u16(octets, from + 2);
  const reports = octets[from] & 0x1f;
  const isSender = octets[from + 1] === Rtcp.SenderReport && words === Rtcp.SenderWords + Rtcp.ReportWords * reports;
  const isReceiver =
    octets[from + 1] === Rtcp.ReceiverReport && words === Rtcp.ReceiverWords + Rtcp.ReportWords * reports;
  const isShort = octets[from] >>> 6 === 2 && 4 + 4 * words <= to - from;
  return isShort && (isSender || isReceiver) ? 1 : 0;
}
