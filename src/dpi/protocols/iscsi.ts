import { ascii, find, u24 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Basic header segment (RFC 7143 §11.12, §11.13): operation, flags, versions, lengths; the keys of a login follow it. */
const enum Header {
  LoginRequest = 0x43,
  LoginResponse = 0x23,
  LastVersion = 3,
  DataLength = 5,
  Octets = 48,
  Longest = 8_192,
}

const KEYS = [
  'InitiatorName=',
  'TargetName=',
  'TargetAlias=',
  'TargetPortalGroupTag=',
  'AuthMethod=',
  'SessionType=',
].map(ascii);
const WINDOW = 512;

export const iscsi: Protocol = {
  name: 'iscsi',
  title: 'Internet Small Computer System Interface',
  evidence: 'a login with versions and a length, and a key of RFC 7143 behind it',
  transports: Transport.Tcp,
  ports: [3260, 860],
  first: [Header.LoginRequest, Header.LoginResponse],
  least: Header.Octets,

  recognise(octets, from, to, flow) {
    const length = u24(octets, from + Header.DataLength);
    if (octets[from + 2] > Header.LastVersion || octets[from + 3] > Header.LastVersion) return Verdict.NoMatch;
    if (octets[from + 4] !== 0 || length > Header.Longest) return Verdict.NoMatch;
    const end = from + Header.Octets + Math.min(length, WINDOW);
    for (const key of KEYS) if (find(octets, from + Header.Octets, Math.min(to, end), key) >= 0) return Verdict.Match;
    return to < end && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
  },
};
