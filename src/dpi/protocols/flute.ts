import { ascii, find, octetsThat, u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** LCT header (RFC 5651 §5.1): version, flags, its length in words, code point; then session, object and extensions. */
const enum Header {
  Length = 2,
  Octets = 4,
  /** Extension header that holds the instance of the file delivery table (RFC 6726 §3.4.1). */
  TableExtension = 192,
}

const TABLE = ascii('<FDT-Instance');
const WINDOW = 512;

export const flute: Protocol = {
  name: 'flute',
  title: 'File Delivery over Unidirectional Transport',
  evidence: 'an LCT header of version 1 with the extension of a file delivery table, and that table',
  transports: Transport.Udp,
  ports: [],
  first: octetsThat((octet) => octet >>> 4 === 1),
  least: 20,

  recognise(octets, from, to) {
    const header = from + 4 * octets[from + Header.Length];
    const flags = u16(octets, from);
    const control = 4 * (1 + ((flags >>> 10) & 3));
    const half = (flags >>> 4) & 1 ? 2 : 0;
    const session = ((flags >>> 7) & 1 ? 4 : 0) + half;
    const object = 4 * ((flags >>> 5) & 3) + half;
    const extension = from + Header.Octets + control + session + object;
    if (object === 0 || extension + 4 > header || header > to) return Verdict.NoMatch;
    for (let p = extension - object; p < extension; p++) if (octets[p] !== 0) return Verdict.NoMatch;
    for (let p = extension, n = 0; p + 4 <= header && n < 8; n++) {
      if (octets[p] === Header.TableExtension)
        return find(octets, header, Math.min(to, header + WINDOW), TABLE) >= 0 ? Verdict.Match : Verdict.NeedMore;
      // Those from 128 on have one word, others say how many.
      const words = octets[p] >= 128 ? 1 : octets[p + 1];
      if (words === 0) return Verdict.NoMatch;
      p += 4 * words;
    }
    return Verdict.NoMatch;
  },
};
