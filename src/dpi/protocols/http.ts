import {
  ascii,
  decimal,
  find,
  indexOf,
  isDigit,
  isText,
  lineEnd,
  mayStartWith,
  startsWith,
  startsWithAnyCase,
} from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Requests = 0,
  Method = 1,
  Target = 2,
  Version = 3,
  Host = 4,
  UserAgent = 5,
  Referer = 6,
  Cookie = 7,
  Authorization = 8,
  ForwardedFor = 9,
  RequestType = 10,
  RequestLength = 11,
  Responses = 12,
  Status = 13,
  Reason = 14,
  Server = 15,
  ContentType = 16,
  ContentLength = 17,
  Location = 18,
  SetCookie = 19,
  ResponseVersion = 20,
  RequestTime = 21,
  ResponseTime = 22,
}

const METHODS: readonly Uint8Array[] = [
  'GET ', 'POST ', 'HEAD ', 'PUT ', 'DELETE ', 'OPTIONS ', 'CONNECT ', 'PATCH ', 'TRACE ',
  'PROPFIND ', 'PROPPATCH ', 'MKCOL ', 'COPY ', 'MOVE ', 'LOCK ', 'UNLOCK ', 'REPORT ', 'SEARCH ',
  'SUBSCRIBE ', 'UNSUBSCRIBE ', 'NOTIFY ', 'MKCALENDAR ', 'PURGE ', 'LINK ', 'UNLINK ', 'BIND ', 'ACL ', 'RPC_IN_DATA ', 'RPC_OUT_DATA ',
].map(ascii); // prettier-ignore
const METHOD_LETTERS = letters(METHODS);
const HEAD = ascii('HEAD ');
const CONNECT = ascii('CONNECT ');
const RESPONSE = ascii('HTTP/1.');
const OLD_REQUEST = ascii(' HTTP/0.9');
const REQUEST_VERSION = ascii(' HTTP/1.');
const HEADER_END = ascii('\r\n\r\n');
const WEBSOCKET = ascii('WEBSOCKET');
const HTTP2 = ascii('H2C');
const CHUNKED = ascii('CHUNKED');

/** Which octets the tokens begin with. */
function letters(tokens: readonly Uint8Array[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const token of tokens) table[token[0]] = 1;
  return table;
}

/** Header fields that are taken, upper case with their colon, and where they go in requests and in responses; -1 nowhere. */
const FIELDS: readonly (readonly [name: Uint8Array, request: number, response: number])[] = [
  [ascii('HOST:'), Place.Host, -1],
  [ascii('USER-AGENT:'), Place.UserAgent, -1],
  [ascii('REFERER:'), Place.Referer, -1],
  [ascii('COOKIE:'), Place.Cookie, -1],
  [ascii('AUTHORIZATION:'), Place.Authorization, -1],
  [ascii('X-FORWARDED-FOR:'), Place.ForwardedFor, -1],
  [ascii('CONTENT-TYPE:'), Place.RequestType, Place.ContentType],
  [ascii('CONTENT-LENGTH:'), Place.RequestLength, Place.ContentLength],
  [ascii('SERVER:'), -1, Place.Server],
  [ascii('LOCATION:'), -1, Place.Location],
  [ascii('SET-COOKIE:'), -1, Place.SetCookie],
];
/** Lengths that names of such fields have. */
const FIELD_LENGTHS = new Uint8Array(32);
for (const [name] of FIELDS) FIELD_LENGTHS[name.length] = 1;
const TRANSFER_ENCODING = ascii('TRANSFER-ENCODING:');
const UPGRADE = ascii('UPGRADE:');

const enum Memory {
  /** For each direction: how the body goes on. */
  Body = 0,
  /** Methods of requests that wait for an answer, two bits each, the oldest lowest: how many, and the bits. */
  Waiting = 2,
  WaitingCount = 3,
  Words = 4,
}

const enum Body {
  None = 0,
  Chunks = 1,
  Trailer = 2,
}

const enum Method {
  Other = 0,
  Head = 1,
  Connect = 2,
}

const enum Bound {
  Fields = 100,
  Window = 16_384,
  Line = 8_192,
}

const enum Refined {
  Http2 = 0,
  WebSocket = 1,
}

export const http: Protocol = {
  name: 'http',
  title: 'HTTP/1.0 and 1.1, their transactions, CONNECT and Upgrade',
  evidence: 'a request line with a method of RFC 9110 and a version, or a status line',
  transports: Transport.Tcp,
  ports: [80, 3128, 8000, 8008, 8080, 8081, 8088, 8888],
  refines: ['http2', 'websocket'],
  refinesLabels: true,
  tellsHosts: true,
  elements: [
    { name: 'requests', type: ElementType.Group, many: true },
    { name: 'method', type: ElementType.Text, max: 32, within: 'requests', ie: 'httpRequestMethod' },
    { name: 'target', type: ElementType.Text, max: 2_048, within: 'requests', ie: 'httpRequestTarget' },
    { name: 'version', type: ElementType.Text, max: 16, within: 'requests', ie: 'httpMessageVersion' },
    { name: 'host', type: ElementType.Text, within: 'requests', ie: 'httpRequestHost' },
    { name: 'userAgent', type: ElementType.Text, max: 512, within: 'requests', ie: 'httpUserAgent' },
    { name: 'referer', type: ElementType.Text, max: 2_048, within: 'requests', ie: 'httpReferer' },
    { name: 'cookie', type: ElementType.Text, max: 1_024, within: 'requests', secret: true, ie: 'httpCookie' },
    {
      name: 'authorization',
      type: ElementType.Text,
      max: 1_024,
      within: 'requests',
      secret: true,
      ie: 'httpAuthorization',
    },
    { name: 'forwardedFor', type: ElementType.Text, within: 'requests', ie: 'httpX-Forwarded-For' },
    { name: 'contentType', type: ElementType.Text, within: 'requests' },
    { name: 'contentLength', type: ElementType.Unsigned, within: 'requests', ie: 'httpContentLength' },
    { name: 'responses', type: ElementType.Group, many: true },
    { name: 'status', type: ElementType.Unsigned, within: 'responses', ie: 'httpStatusCode' },
    { name: 'reason', type: ElementType.Text, within: 'responses', ie: 'httpReasonPhrase' },
    { name: 'server', type: ElementType.Text, within: 'responses', ie: 'httpServerString' },
    { name: 'contentType', type: ElementType.Text, within: 'responses', ie: 'httpContentType' },
    { name: 'contentLength', type: ElementType.Unsigned, within: 'responses', ie: 'httpContentLength' },
    { name: 'location', type: ElementType.Text, max: 2_048, within: 'responses', ie: 'httpLocation' },
    {
      name: 'setCookie',
      type: ElementType.Text,
      max: 1_024,
      within: 'responses',
      many: true,
      secret: true,
      ie: 'httpSetCookie',
    },
    { name: 'version', type: ElementType.Text, max: 16, within: 'responses' },
    { name: 'time', type: ElementType.Milliseconds, within: 'requests' },
    { name: 'time', type: ElementType.Milliseconds, within: 'responses' },
  ],

  recognise(octets, from, to, flow) {
    if (startsWith(octets, from, to, RESPONSE)) {
      if (to - from < 12) return Verdict.NeedMore;
      return isDigit(octets[from + 7]) && octets[from + 8] === 0x20 && isDigit(octets[from + 9])
        ? Verdict.Match
        : Verdict.NoMatch;
    }
    const method = methodOf(octets, from, to);
    if (method < 0) return mayBeMethod(octets, from, to) ? Verdict.NeedMore : Verdict.NoMatch;
    const line = indexOf(octets, method, Math.min(to, method + Bound.Line), 0x0a);
    if (line >= 0) {
      const end = lineEnd(octets, method, line);
      return isRequestEnd(octets, method, end) ? Verdict.Match : Verdict.NoMatch;
    }
    // The rest of the line is still to come, or was not captured.
    const first = octets[method];
    const isTarget = first === 0x2f || first === 0x2a || (first >= 0x61 && first <= 0x7a);
    if (method < to && !isTarget && !isDigit(first) && !(first >= 0x41 && first <= 0x5a)) return Verdict.NoMatch;
    if (!isText(octets, method, Math.min(lineEnd(octets, method, to), method + 64))) return Verdict.NoMatch;
    if (!flow.isLast) return to - method > Bound.Line ? Verdict.NoMatch : Verdict.NeedMore;
    return first === 0x2f && to - method > 1 ? Verdict.Likely : Verdict.NoMatch;
  },

  extractor: {
    words: Memory.Words,
    window: Bound.Window,
    resumes: true,
    extract(octets, from, to, flow) {
      const body = flow.words[flow.memory + Memory.Body + flow.direction];
      if (flow.afterGap) {
        // Somewhere in a body: the next message is waited for.
        flow.words[flow.memory + Memory.Body + flow.direction] = Body.None;
        if (!startsWith(octets, from, to, RESPONSE) && methodOf(octets, from, to) < 0) return to - from;
      } else if (body !== Body.None) return readChunk(octets, from, to, flow);
      return readHeader(octets, from, to, flow);
    },
  },
};

/** Where the target begins behind a method; -1 when there is no method. */
function methodOf(octets: Uint8Array, from: number, to: number): number {
  if (METHOD_LETTERS[octets[from]] === 0) return -1;
  for (const method of METHODS) if (startsWith(octets, from, to, method)) return from + method.length;
  return -1;
}

/** Whether what there is so far is a beginning of a method, or of a status line. */
function mayBeMethod(octets: Uint8Array, from: number, to: number): boolean {
  if (mayStartWith(octets, from, to, RESPONSE)) return true;
  if (METHOD_LETTERS[octets[from]] === 0) return false;
  for (const method of METHODS) if (mayStartWith(octets, from, to, method)) return true;
  return false;
}

/** Whether the line that ends at `end` ends in a version. */
function isRequestEnd(octets: Uint8Array, from: number, end: number): boolean {
  const at = end - REQUEST_VERSION.length - 1;
  return at > from && (startsWith(octets, at, end, REQUEST_VERSION) || startsWith(octets, at, end, OLD_REQUEST));
}

function readHeader(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  // Empty lines may stand in front of a message (RFC 9112 §2.2).
  if (octets[from] === 0x0d || octets[from] === 0x0a) return 1;
  const isResponse = startsWith(octets, from, to, RESPONSE);
  if (!isResponse && methodOf(octets, from, to) < 0) {
    return mayBeMethod(octets, from, to) && !flow.isLast ? Extract.More : Extract.EndDirection;
  }
  let end = find(octets, from, to, HEADER_END);
  const isWhole = end >= 0;
  if (!isWhole) {
    if (!flow.isLast && to - from < Bound.Window - 2_048) return Extract.More;
    end = to;
  } else end += HEADER_END.length;
  const answer = isResponse ? readResponse(octets, from, end, flow) : readRequest(octets, from, end, flow);
  if (answer < 0 || !isWhole) return isWhole || answer === Extract.End ? answer : Extract.EndDirection;
  if (!flow.wantsMetadata && isResponse) return Extract.End;
  return end - from + answer;
}

// What the header fields said that were read last.
let contentLength = -1;
let isChunked = false;
let upgrade: -1 | Refined = -1;

function readRequest(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const { out, words, memory } = flow;
  const firstEnd = indexOf(octets, from, to, 0x0a);
  const lineTo = firstEnd < 0 ? to : lineEnd(octets, from, firstEnd);
  const target = methodOf(octets, from, to);
  let version = lineTo;
  while (version > target && octets[version - 1] !== 0x20) version--;
  const hasVersion = version > target;
  out.begin(Place.Requests);
  out.time(Place.RequestTime);
  out.text(Place.Method, octets, from, target - 1);
  out.text(Place.Target, octets, target, hasVersion ? version - 1 : lineTo);
  if (hasVersion) out.text(Place.Version, octets, version, lineTo);
  readFields(octets, firstEnd < 0 ? to : firstEnd + 1, to, flow, 1);
  out.end();
  let method = Method.Other;
  if (startsWith(octets, from, to, HEAD)) method = Method.Head;
  else if (startsWith(octets, from, to, CONNECT)) method = Method.Connect;
  const waiting = words[memory + Memory.WaitingCount];
  if (waiting < 16) {
    words[memory + Memory.Waiting] |= method << (2 * waiting);
    words[memory + Memory.WaitingCount] = waiting + 1;
  }
  // Connections that change what they carry do so at once, but for rare ones.
  if (!flow.wantsMetadata && method !== Method.Connect && upgrade < 0) return Extract.End;
  return bodyOctets(flow, 0);
}

function readResponse(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const { out, words, memory } = flow;
  const firstEnd = indexOf(octets, from, to, 0x0a);
  const lineTo = firstEnd < 0 ? to : lineEnd(octets, from, firstEnd);
  const status = decimal(octets, from + 9, Math.min(lineTo, from + 12));
  out.begin(Place.Responses);
  out.time(Place.ResponseTime);
  if (status >= 0) out.unsigned(Place.Status, status);
  if (from + 13 < lineTo) out.text(Place.Reason, octets, from + 13, lineTo);
  readFields(octets, firstEnd < 0 ? to : firstEnd + 1, to, flow, 2);
  out.text(Place.ResponseVersion, octets, from, Math.min(lineTo, from + 8));
  out.end();
  if (status === 101 && upgrade >= 0) {
    flow.refine(upgrade, true);
    return Extract.End;
  }
  if (status >= 100 && status < 200) return 0;
  const method = words[memory + Memory.Waiting] & 3;
  words[memory + Memory.Waiting] >>>= 2;
  if (words[memory + Memory.WaitingCount] > 0) words[memory + Memory.WaitingCount]--;
  if (method === Method.Connect && status >= 200 && status < 300) {
    flow.inspectAnew();
    return 0;
  }
  if (method === Method.Head || status === 204 || status === 304) return 0;
  return bodyOctets(flow, 1);
}

/** How many octets of body to skip; an end when nobody knows. */
function bodyOctets(flow: FlowView, isResponse: 0 | 1): number {
  if (isChunked) {
    flow.words[flow.memory + Memory.Body + flow.direction] = Body.Chunks;
    return 0;
  }
  if (contentLength >= 0) return contentLength;
  return isResponse === 1 ? Extract.EndDirection : 0;
}

/** @param column which of a field's places is meant */
function readFields(octets: Uint8Array, from: number, to: number, flow: FlowView, column: 1 | 2): void {
  contentLength = -1;
  isChunked = false;
  upgrade = -1;
  for (let p = from, n = 0; p < to && n < Bound.Fields; n++) {
    const found = indexOf(octets, p, to, 0x0a);
    const next = found < 0 ? to : found + 1;
    const end = found < 0 ? to : lineEnd(octets, p, found);
    if (end === p) return;
    const colon = indexOf(octets, p, end, 0x3a);
    if (colon >= 0) readField(octets, p, colon + 1, end, flow, column);
    p = next;
  }
}

function readField(octets: Uint8Array, from: number, value: number, to: number, flow: FlowView, column: 1 | 2): void {
  let end = to;
  let start = value;
  while (start < end && (octets[start] === 0x20 || octets[start] === 0x09)) start++;
  while (end > start && (octets[end - 1] === 0x20 || octets[end - 1] === 0x09)) end--;
  const length = value - from;
  const isTaken = length < FIELD_LENGTHS.length && FIELD_LENGTHS[length] === 1;
  for (let n = 0; isTaken && n < FIELDS.length; n++) {
    const field = FIELDS[n];
    if (field[0].length !== length || !startsWithAnyCase(octets, from, value, field[0])) continue;
    const place = field[column];
    if (place === Place.RequestLength || place === Place.ContentLength) {
      contentLength = decimal(octets, start, end);
      if (contentLength >= 0) flow.out.unsigned(place, contentLength);
    } else if (place >= 0) flow.out.text(place, octets, start, end);
    if (place === Place.Host) flow.host(octets, start, end);
    return;
  }
  if (startsWithAnyCase(octets, from, value, TRANSFER_ENCODING)) {
    isChunked = end - start >= CHUNKED.length && startsWithAnyCase(octets, end - CHUNKED.length, end, CHUNKED);
  } else if (startsWithAnyCase(octets, from, value, UPGRADE)) {
    if (startsWithAnyCase(octets, start, end, WEBSOCKET)) upgrade = Refined.WebSocket;
    else if (startsWithAnyCase(octets, start, end, HTTP2)) upgrade = Refined.Http2;
  }
}

/** A chunk's size and octets (RFC 9112 §7.1), or a line of the trailer. */
function readChunk(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const body = flow.memory + Memory.Body + flow.direction;
  const line = indexOf(octets, from, Math.min(to, from + 1_024), 0x0a);
  if (line < 0) return to - from >= 1_024 ? Extract.EndDirection : Extract.More;
  if (flow.words[body] === Body.Trailer) {
    if (lineEnd(octets, from, line) === from) flow.words[body] = Body.None;
    return line + 1 - from;
  }
  let size = 0;
  let p = from;
  for (; p < line && p < from + 7; p++) {
    const digit = hexDigit(octets[p]);
    if (digit < 0) break;
    size = 16 * size + digit;
  }
  if (p === from) return Extract.EndDirection;
  if (size === 0) {
    flow.words[body] = Body.Trailer;
    return line + 1 - from;
  }
  return line + 1 - from + size + 2;
}

function hexDigit(octet: number): number {
  if (isDigit(octet)) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
