import { indexOf, isText, lineEnd } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const MODES = 10;
const LONGEST_LINE = 512;

/** Octets that may stand in each place of a mode such as drwxr-xr-x. */
const ALLOWED: readonly string[] = ['-dlbcps', 'r-', 'w-', 'xsS-', 'r-', 'w-', 'xsS-', 'r-', 'w-', 'xtT-'];
const TABLE = new Uint8Array(MODES * 128);
for (let place = 0; place < MODES; place++) {
  for (let n = 0; n < ALLOWED[place].length; n++) TABLE[place * 128 + ALLOWED[place].charCodeAt(n)] = 1;
}

/** Data connections of FTP: announced by the control connection, else told by a folder's listing. */
export const ftpData: Protocol = {
  name: 'ftp-data',
  title: 'File Transfer Protocol: data',
  evidence: 'announced by PORT, PASV and the like; else the listing of a folder',
  transports: Transport.Tcp,
  ports: [20],
  first: [0x2d, 0x64, 0x6c],

  recognise(octets, from, to, flow) {
    for (let n = 0; n < MODES && from + n < to; n++) {
      const octet = octets[from + n];
      if (octet > 127 || TABLE[n * 128 + octet] === 0) return Verdict.NoMatch;
    }
    const line = indexOf(octets, from, Math.min(to, from + LONGEST_LINE), 0x0a);
    if (line < 0) return to - from < LONGEST_LINE && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
    const end = lineEnd(octets, from, line);
    let fields = 0;
    for (let p = from + 1; p < end; p++) if (octets[p] > 0x20 && octets[p - 1] === 0x20) fields++;
    return fields >= 7 && isText(octets, from, from + MODES) ? Verdict.Likely : Verdict.NoMatch;
  },
};
