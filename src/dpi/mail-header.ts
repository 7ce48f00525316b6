import { ascii, find, indexOf, lineEnd, mayStartWith, startsWith, startsWithAnyCase } from './octets.js';
import { type Element, ElementType, Extract, type FlowView } from './protocol.js';

/** The header of a mail (RFC 5322 §2.2), as SMTP, POP3 and IMAP carry it, and the text that follows to a line with a dot. */

/**
 * Elements for what is taken of a header; `Mail` counts in them.
 * @param subject Information Element that takes the subject
 */
export function mailElements(subject?: string): readonly Element[] {
  return [
    { name: 'headerFrom', type: ElementType.Text, many: true },
    { name: 'headerTo', type: ElementType.Text, many: true, max: 1_024 },
    {
      name: 'subject',
      type: ElementType.Text,
      many: true,
      max: 512,
      ...(subject === undefined ? {} : { ie: subject }),
    },
    { name: 'userAgent', type: ElementType.Text, many: true },
  ];
}

const enum Mail {
  From = 0,
  To = 1,
  Subject = 2,
  UserAgent = 3,
}

const FIELDS: readonly (readonly [Uint8Array, Mail])[] = [
  [ascii('SUBJECT:'), Mail.Subject],
  [ascii('FROM:'), Mail.From],
  [ascii('TO:'), Mail.To],
  [ascii('USER-AGENT:'), Mail.UserAgent],
  [ascii('X-MAILER:'), Mail.UserAgent],
];
const BODY_END = ascii('\r\n.\r\n');
const NO_BODY = ascii('.\r\n');

/** Octets of a field that are looked at at once. */
export const LONGEST_FIELD = 4_000;

const unfolded = new Uint8Array(2_048);

/** Where the line ends that the field at `from` ends with: its LF; -1 while that is not to be seen. A field may go on in further lines. */
export function fieldEnd(octets: Uint8Array, from: number, to: number, isLast: boolean): number {
  for (let line = indexOf(octets, from, to, 0x0a); line >= 0; line = indexOf(octets, line + 1, to, 0x0a)) {
    if (line === from || (line === from + 1 && octets[from] === 0x0d)) return line;
    if (line + 1 === to) return isLast ? line : -1;
    if (octets[line + 1] !== 0x20 && octets[line + 1] !== 0x09) return line;
  }
  return -1;
}

/** Writes the field from `from` to `to` when it is one of those that are taken, in one line. `place` is that of the first element. */
export function writeMailField(octets: Uint8Array, from: number, to: number, flow: FlowView, place: number): void {
  for (const [name, element] of FIELDS) {
    if (!startsWithAnyCase(octets, from, to, name)) continue;
    let length = 0;
    let isBlank = true;
    for (let p = from + name.length; p < to && length < unfolded.length; p++) {
      const octet = octets[p];
      if (octet === 0x0d || octet === 0x0a) continue;
      const isFold = octets[p - 1] === 0x0a;
      if (isBlank && (octet === 0x20 || octet === 0x09)) continue;
      isBlank = false;
      unfolded[length++] = isFold ? 0x20 : octet;
    }
    flow.out.text(place + element, unfolded, 0, length);
    return;
  }
}

/**
 * A mail whose length is known: reads its header, and skips what follows. Answers what an extractor does.
 * @param left word that holds how many octets are left; 0 in the end
 */
export function readMailOfLength(
  octets: Uint8Array,
  from: number,
  to: number,
  flow: FlowView,
  left: number,
  place: number,
): number {
  const length = flow.words[left];
  const last = Math.min(to, from + length);
  const isLast = flow.isLast || last - from === length;
  const line = fieldEnd(octets, from, Math.min(last, from + LONGEST_FIELD), isLast);
  if (line < 0 && !isLast && last - from < LONGEST_FIELD) return Extract.More;
  const end = line < 0 ? last : lineEnd(octets, from, line);
  if (end === from) {
    flow.words[left] = 0;
    return length;
  }
  writeMailField(octets, from, end, flow, place);
  const next = (line < 0 ? Math.min(last, from + LONGEST_FIELD) : line + 1) - from;
  flow.words[left] = length - next;
  return next;
}

/** What `skipMailText` says. */
export const enum MailText {
  /** More octets are wanted. */
  More = 0,
  /** Set when the end of the text lies behind those octets. */
  Ended = 1 << 30,
}

/**
 * Answers how many octets of a mail's text to consume, with `MailText.Ended` when it ends there.
 * @param isStart the octets stand right behind the header
 */
export function skipMailText(octets: Uint8Array, from: number, to: number, isStart: boolean, isLast: boolean): number {
  if (isStart && mayStartWith(octets, from, to, NO_BODY)) {
    if (startsWith(octets, from, to, NO_BODY)) return NO_BODY.length | MailText.Ended;
    if (!isLast) return MailText.More;
  }
  const end = find(octets, from, to, BODY_END);
  if (end >= 0) return (end + BODY_END.length - from) | MailText.Ended;
  if (isLast) return to - from;
  // The end may be spread over segments: what could be its beginning is kept.
  let kept = Math.min(BODY_END.length - 1, to - from);
  while (kept > 0 && !mayStartWith(octets, to - kept, to, BODY_END)) kept--;
  return to - from - kept;
}
