import { isZero } from '../little-endian.js';
import { ascii, find, u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Record: version 1, type, request, content length, padding; a request begins with its role and flags. */
const enum Record {
  Version = 1,
  Begin = 1,
  Output = 6,
  HeaderOctets = 8,
  BeginOctets = 16,
}

const STATUS = ascii('Status: ');
const TYPE = ascii('Content-');
const POWERED = ascii('X-Powered-By: ');

export const fastcgi: Protocol = {
  name: 'fastcgi',
  title: 'FastCGI',
  evidence: 'the record that begins a request, or one of output that begins with header fields of CGI',
  transports: Transport.Tcp,
  ports: [9000],
  first: [Record.Version],
  least: Record.BeginOctets,
  recognise(octets, from, to) {
    const length = u16(octets, from + 4);
    if (octets[from + 7] !== 0) return Verdict.NoMatch;
    if (octets[from + 1] === Record.Begin) {
      const role = u16(octets, from + 8);
      const isBegin = length === 8 && octets[from + 6] === 0 && role >= 1 && role <= 3 && octets[from + 10] <= 1;
      return isBegin && isZero(octets, from + 11, from + 16) ? Verdict.Match : Verdict.NoMatch;
    }
    if (octets[from + 1] !== Record.Output || length < 8) return Verdict.NoMatch;
    const end = Math.min(to, from + 64);
    const isHeader = find(octets, from + 8, end, STATUS) >= 0 || find(octets, from + 8, end, TYPE) >= 0;
    return isHeader || find(octets, from + 8, end, POWERED) >= 0 ? Verdict.Match : Verdict.NoMatch;
  },
};
