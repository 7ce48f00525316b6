import { isText, octetsThat } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Codes = 0,
  Paths = 1,
  Host = 2,
}

/** RFC 7252 §3. */
const enum Header {
  Octets = 4,
  Code = 1,
  Marker = 0xff,
}

const enum Option {
  Host = 3,
  Path = 11,
  Query = 15,
}

const PORT = 5683;
const MOST_OPTIONS = 32;

const enum Bound {
  Path = 256,
  Messages = 32,
}

const path = new Uint8Array(Bound.Path);
let pathLength = 0;
let host = 0;
let hostEnd = 0;
/** Options that have to be text, and are. */
let texts = 0;

export const coap: Protocol = {
  name: 'coap',
  title: 'Constrained Application Protocol',
  evidence: 'a header of version 1 with a known code, and options that end where the datagram or the payload marker is',
  transports: Transport.Udp,
  ports: [PORT],
  first: octetsThat((octet) => octet >>> 6 === 1 && (octet & 0x0f) <= 8),
  least: Header.Octets,
  words: 1,
  elements: [
    { name: 'codes', type: ElementType.Unsigned, many: true },
    { name: 'paths', type: ElementType.Text, many: true },
    { name: 'host', type: ElementType.Text },
  ],

  recognise(octets, from, to, flow) {
    if (octets[from] >>> 6 !== 1 || (octets[from] & 0x0f) > 8) return Verdict.NoMatch;
    const isPort = flow.sourcePort === PORT || flow.destinationPort === PORT;
    const code = octets[from + Header.Code];
    if (code === 0) return isPort && flow.wireOctets === Header.Octets ? Verdict.Likely : Verdict.NoMatch;
    const kind = code >>> 5;
    const detail = code & 0x1f;
    const isKnown =
      (kind === 0 && detail <= 7) ||
      (kind === 2 && detail <= 5) ||
      (kind === 4 && detail <= 15) ||
      (kind === 2 && detail === 31);
    if ((!isKnown && !(kind === 5 && detail <= 5)) || readOptions(octets, from, to) < 0) return Verdict.NoMatch;
    if (isPort) return Verdict.Match;
    if (kind !== 0 || texts === 0) return Verdict.NoMatch;
    // Elsewhere: two requests, or one with names that are longer.
    if (pathLength > 4) return Verdict.Match;
    return ++flow.words[flow.memory] > 1 ? Verdict.Match : Verdict.Likely;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < Header.Octets || readOptions(octets, from, to) < 0) return 1;
      return write(octets, from, flow);
    },
  },
};

/** Reads the options (§3.1): what they say stands in the variables above; -1 when they cannot be. */
function readOptions(octets: Uint8Array, from: number, to: number): number {
  let p = from + Header.Octets + (octets[from] & 0x0f);
  let number = 0;
  pathLength = 0;
  host = 0;
  hostEnd = 0;
  texts = 0;
  if (p > to) return -1;
  for (let n = 0; n < MOST_OPTIONS && p < to; n++) {
    if (octets[p] === Header.Marker) return p + 1 < to ? 0 : -1;
    let delta = octets[p] >>> 4;
    let length = octets[p] & 0x0f;
    if (delta === 15 || length === 15) return -1;
    p++;
    if (delta === 13) delta = 13 + octets[p++];
    else if (delta === 14) {
      delta = 269 + (octets[p] << 8) + octets[p + 1];
      p += 2;
    }
    if (length === 13) length = 13 + octets[p++];
    else if (length === 14) {
      length = 269 + (octets[p] << 8) + octets[p + 1];
      p += 2;
    }
    number += delta;
    if (p + length > to || number === 0 || number > 2_100) return -1;
    if (number === Option.Host || number === Option.Path || number === Option.Query) {
      if (!isText(octets, p, p + length)) return -1;
      texts++;
      if (number === Option.Path) addPath(octets, p, p + length);
      else if (number === Option.Host) {
        host = p;
        hostEnd = p + length;
      }
    }
    p += length;
  }
  return p === to ? 0 : -1;
}

function addPath(octets: Uint8Array, from: number, to: number): void {
  if (pathLength < Bound.Path) path[pathLength++] = 0x2f;
  for (let p = from; p < to && pathLength < Bound.Path; p++) path[pathLength++] = octets[p];
}

function write(octets: Uint8Array, from: number, flow: FlowView): number {
  const { out, words, memory } = flow;
  out.unsigned(Place.Codes, octets[from + Header.Code]);
  if (pathLength > 0) out.text(Place.Paths, path, 0, pathLength);
  if (hostEnd > host) out.text(Place.Host, octets, host, hostEnd);
  return ++words[memory] >= Bound.Messages ? Extract.End : 1;
}
