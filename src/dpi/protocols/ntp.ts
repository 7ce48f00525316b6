import { isText, octetsThat, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  ClientStratum = 1,
  Stratum = 2,
  Reference = 3,
  ReferenceId = 4,
  Mode = 5,
}

/** RFC 5905 §7.3. */
const enum Header {
  Octets = 48,
  Stratum = 1,
  Poll = 2,
  Precision = 3,
  RootDelay = 4,
  RootDispersion = 8,
  Reference = 12,
  Transmit = 40,
  /** Authenticators behind the header. */
  Md5 = 20,
  Sha1 = 24,
}

const enum Mode {
  Client = 3,
  Server = 4,
  Broadcast = 5,
  Private = 7,
}

const PORT = 123;

export const ntp: Protocol = {
  name: 'ntp',
  title: 'Network Time Protocol',
  evidence: 'a header of 48 octets whose version, mode, stratum, poll, precision and root values can be',
  transports: Transport.Udp,
  ports: [PORT],
  first: octetsThat((octet) => ((octet >>> 3) & 7) >= 1 && ((octet >>> 3) & 7) <= 4 && (octet & 7) !== 0),
  least: 4,
  elements: [
    { name: 'version', type: ElementType.Unsigned, ie: 'NTPVersion' },
    { name: 'clientStratum', type: ElementType.Unsigned },
    { name: 'stratum', type: ElementType.Unsigned, ie: 'NTPStratum' },
    { name: 'reference', type: ElementType.Text, max: 4, ie: 'NTPRefID' },
    { name: 'referenceId', type: ElementType.Octets, max: 4 },
    { name: 'mode', type: ElementType.Unsigned, ie: 'NTPMode' },
  ],

  recognise(octets, from, to, flow) {
    const version = (octets[from] >>> 3) & 7;
    const mode = octets[from] & 7;
    const isPort = flow.sourcePort === PORT || flow.destinationPort === PORT;
    if (version < 1 || version > 4 || mode === 0) return Verdict.NoMatch;
    // Control and private messages (mode 6 and 7) say little: they count only between ports of NTP.
    if (mode > Mode.Broadcast)
      return isPort && (mode === Mode.Private || to - from >= 12) ? Verdict.Likely : Verdict.NoMatch;
    const length = flow.wireOctets;
    if (length < Header.Octets || to - from < Header.Octets) return Verdict.NoMatch;
    const tail = length - Header.Octets;
    if (tail !== 0 && tail !== Header.Md5 && tail !== Header.Sha1 && (version !== 4 || tail % 4 !== 0))
      return Verdict.NoMatch;
    const precision = (octets[from + Header.Precision] << 24) >> 24;
    const isGood =
      octets[from + Header.Stratum] <= 16 &&
      octets[from + Header.Poll] <= 17 &&
      precision <= 0 &&
      precision >= -32 &&
      u32(octets, from + Header.RootDelay) >>> 24 === 0 &&
      u32(octets, from + Header.RootDispersion) >>> 24 === 0;
    if (isGood && (mode === Mode.Client || u32(octets, from + Header.Transmit) !== 0)) {
      return isPort || isTime(octets, from) ? Verdict.Match : Verdict.NoMatch;
    }
    return isPort ? Verdict.Likely : Verdict.NoMatch;
  },

  extractor: {
    words: 2,
    extract(octets, from, to, flow) {
      if (to - from < Header.Octets) return 1;
      return write(octets, from, flow) ? 1 : Extract.End;
    },
  },
};

/** Whether the transmit time lies between 2000 and 2036, as the clocks of most clients and all servers do. */
function isTime(octets: Uint8Array, from: number): boolean {
  return u32(octets, from + Header.Transmit) >= 3_155_673_600;
}

/** Writes what the first client and the first server say; false when both have been heard. */
function write(octets: Uint8Array, from: number, flow: FlowView): boolean {
  const { out, words, memory } = flow;
  const mode = octets[from] & 7;
  const isServer = mode === Mode.Server || mode === Mode.Broadcast ? 1 : 0;
  if (words[memory] === 0 && words[memory + 1] === 0) {
    out.unsigned(Place.Version, (octets[from] >>> 3) & 7);
    out.unsigned(Place.Mode, mode);
  }
  if (words[memory + isServer] === 0) {
    words[memory + isServer] = 1;
    const stratum = octets[from + Header.Stratum];
    out.unsigned(isServer === 1 ? Place.Stratum : Place.ClientStratum, stratum);
    const id = from + Header.Reference;
    if (isServer === 1 && u32(octets, id) !== 0) {
      // A stratum 1 server names its clock in letters.
      if (stratum <= 1 && isText(octets, id, id + 3))
        out.text(Place.Reference, octets, id, id + (octets[id + 3] === 0 ? 3 : 4));
      else out.octets(Place.ReferenceId, octets, id, id + 4);
    }
  }
  return words[memory] === 0 || words[memory + 1] === 0;
}
