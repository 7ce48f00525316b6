import { ascii, find, indexOf, isDigit, isText, lineEnd, startsWithAnyCase } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Greeting = 0,
  Hello = 1,
  From = 2,
  To = 3,
  Subject = 4,
  Authentication = 5,
  StartTls = 6,
  Responses = 7,
  HeaderFrom = 8,
  HeaderTo = 9,
  UserAgent = 10,
}

const EHLO = ascii('EHLO');
const HELO = ascii('HELO');
const MAIL = ascii('MAIL FROM:');
const RCPT = ascii('RCPT TO:');
const AUTH = ascii('AUTH ');
const STARTTLS = ascii('STARTTLS');
const DATA = ascii('DATA');
const BDAT = ascii('BDAT');
const SMTP = ascii('SMTP');
const READY = ascii('220');
const GO_ON = ascii('354');
const BODY_END = ascii('\r\n.\r\n');
const FIELDS: readonly (readonly [Uint8Array, Place])[] = [
  [ascii('SUBJECT:'), Place.Subject],
  [ascii('FROM:'), Place.HeaderFrom],
  [ascii('TO:'), Place.HeaderTo],
  [ascii('USER-AGENT:'), Place.UserAgent],
  [ascii('X-MAILER:'), Place.UserAgent],
];

const enum Memory {
  /** What the client's next octets are. */
  State = 0,
  /** The client asked for TLS: the server's 220 opens it. */
  AskedTls = 1,
  Lines = 2,
}

const enum State {
  Commands = 0,
  Header = 1,
  Body = 2,
  /** Lines of an authentication, which are secret. */
  Secret = 3,
}

const enum Bound {
  Line = 2_048,
  Lines = 256,
}

const enum Refined {
  Tls = 0,
}

export const smtp: Protocol = {
  name: 'smtp',
  title: 'Simple Mail Transfer Protocol, and TLS after STARTTLS',
  evidence: 'a 220 greeting that names SMTP, or a greeting of the client, or an envelope command',
  transports: Transport.Tcp,
  ports: [25, 587, 2525],
  refines: ['tls'],
  refinesLabels: true,
  elements: [
    { name: 'greeting', type: ElementType.Text },
    { name: 'hello', type: ElementType.Text, many: true, ie: 'smtpHello' },
    { name: 'from', type: ElementType.Text, many: true, ie: 'smtpFrom' },
    { name: 'to', type: ElementType.Text, many: true, ie: 'smtpTo' },
    { name: 'subject', type: ElementType.Text, many: true, max: 512, ie: 'smtpSubject' },
    { name: 'authentication', type: ElementType.Text, many: true },
    { name: 'startTls', type: ElementType.Flag, ie: 'smtpStartTLS' },
    { name: 'responses', type: ElementType.Text, many: true, ie: 'smtpResponse' },
    { name: 'headerFrom', type: ElementType.Text, many: true },
    { name: 'headerTo', type: ElementType.Text, many: true },
    { name: 'userAgent', type: ElementType.Text, many: true },
  ],

  recognise(octets, from, to, flow) {
    if (startsWithAnyCase(octets, from, to, MAIL) || startsWithAnyCase(octets, from, to, RCPT)) return Verdict.Match;
    const isHello = startsWithAnyCase(octets, from, to, EHLO) || startsWithAnyCase(octets, from, to, HELO);
    if (isHello)
      return to - from === 4 || octets[from + 4] === 0x20 || octets[from + 4] === 0x0d
        ? Verdict.Match
        : Verdict.NoMatch;
    if (to - from < 4) return isText(octets, from, to) ? Verdict.NeedMore : Verdict.NoMatch;
    if (!startsWithAnyCase(octets, from, to, READY) || (octets[from + 3] !== 0x20 && octets[from + 3] !== 0x2d)) {
      return Verdict.NoMatch;
    }
    const line = indexOf(octets, from, to, 0x0a);
    const end = line < 0 ? to : line;
    for (let p = from + 4; p + 4 <= end; p++) if (startsWithAnyCase(octets, p, end, SMTP)) return Verdict.Match;
    return line < 0 && !flow.isLast && to - from < 512 ? Verdict.NeedMore : Verdict.NoMatch;
  },

  extractor: {
    words: 3,
    window: 8_192,
    resumes: true,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      const isServer = isReply(octets, from, to);
      if (!isServer && words[memory + Memory.State] === State.Body) return skipBody(octets, from, to, flow);
      const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
      if (line < 0 && !flow.isLast) return to - from < Bound.Line ? Extract.More : to - from;
      const end = line < 0 ? to : lineEnd(octets, from, line);
      const next = line < 0 ? to - from : line + 1 - from;
      if (++words[memory + Memory.Lines] > Bound.Lines) return Extract.End;
      if (isServer) return readReply(octets, from, end, flow, next);
      readLine(octets, from, end, flow);
      return next;
    },
  },
};

/** Three digits and a space or hyphen: replies only servers send; in a mail's text it would be taken for one. */
function isReply(octets: Uint8Array, from: number, to: number): boolean {
  return (
    to - from >= 4 &&
    octets[from] >= 0x32 &&
    octets[from] <= 0x35 &&
    isDigit(octets[from + 1]) &&
    isDigit(octets[from + 2]) &&
    (octets[from + 3] === 0x20 || octets[from + 3] === 0x2d)
  );
}

function readReply(octets: Uint8Array, from: number, to: number, flow: FlowView, next: number): number {
  const { words, memory, out } = flow;
  if (startsWithAnyCase(octets, from, to, READY)) {
    if (words[memory + Memory.AskedTls] === 1) {
      flow.handOver(Refined.Tls);
      return next;
    }
    out.text(Place.Greeting, octets, from + 4, to);
  } else if (startsWithAnyCase(octets, from, to, GO_ON)) {
    if (words[memory + Memory.State] === State.Commands) words[memory + Memory.State] = State.Header;
  } else if (octets[from] >= 0x34) {
    words[memory + Memory.AskedTls] = 0;
    out.text(Place.Responses, octets, from, to);
  }
  if (octets[from] === 0x32 && octets[from + 1] === 0x33) words[memory + Memory.State] = State.Commands;
  return next;
}

function readLine(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { words, memory, out } = flow;
  switch (words[memory + Memory.State]) {
    case State.Header:
      if (to === from) words[memory + Memory.State] = State.Body;
      for (const [name, place] of FIELDS) {
        if (startsWithAnyCase(octets, from, to, name)) writeTrimmed(octets, from + name.length, to, flow, place);
      }
      return;
    case State.Secret:
      return;
  }
  if (startsWithAnyCase(octets, from, to, MAIL)) writeAddress(octets, from + MAIL.length, to, flow, Place.From);
  else if (startsWithAnyCase(octets, from, to, RCPT)) writeAddress(octets, from + RCPT.length, to, flow, Place.To);
  else if (startsWithAnyCase(octets, from, to, EHLO) || startsWithAnyCase(octets, from, to, HELO)) {
    writeTrimmed(octets, from + 4, to, flow, Place.Hello);
  } else if (startsWithAnyCase(octets, from, to, STARTTLS)) {
    words[memory + Memory.AskedTls] = 1;
    out.flag(Place.StartTls, true);
  } else if (startsWithAnyCase(octets, from, to, AUTH)) {
    // The mechanism, not what follows it.
    const space = indexOf(octets, from + AUTH.length, to, 0x20);
    out.text(Place.Authentication, octets, from + AUTH.length, space < 0 ? to : space);
    words[memory + Memory.State] = State.Secret;
  } else if (startsWithAnyCase(octets, from, to, DATA) && to - from === 4) words[memory + Memory.State] = State.Header;
  else if (startsWithAnyCase(octets, from, to, BDAT)) words[memory + Memory.State] = State.Header;
}

/** A mail's text goes on to a line that is a dot. */
function skipBody(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const end = find(octets, from, to, BODY_END);
  if (end >= 0) {
    flow.words[flow.memory + Memory.State] = State.Commands;
    return end + BODY_END.length - from;
  }
  // The end may be spread over segments.
  return to - from > 4 ? to - from - 4 : flow.isLast ? to - from : Extract.More;
}

/** What stands between angle brackets, or all. */
function writeAddress(octets: Uint8Array, from: number, to: number, flow: FlowView, place: Place): void {
  const open = indexOf(octets, from, to, 0x3c);
  const close = open < 0 ? -1 : indexOf(octets, open, to, 0x3e);
  if (close < 0) writeTrimmed(octets, from, to, flow, place);
  else flow.out.text(place, octets, open + 1, close);
}

function writeTrimmed(octets: Uint8Array, from: number, to: number, flow: FlowView, place: Place): void {
  let start = from;
  while (start < to && octets[start] === 0x20) start++;
  flow.out.text(place, octets, start, to);
}
