import { hostname } from 'node:os';

/** Facility local0, severity informational (RFC 5424 §6.2.1). */
const PRIORITY = 16 * 8 + 6;
const VERSION = 1;
const NIL = '-';
/** Longest HOST-NAME (§6). */
const MOST_NAME_CHARACTERS = 255;

export interface SyslogSender {
  /** Default: this host. */
  readonly host?: string;
  /** Default: this process. */
  readonly processId?: number;
}

/** The header of a syslog message (RFC 5424 §6.2) with no structured data, up to the text of the message. */
export function syslogHeader(
  timeMs: number,
  { host = hostname(), processId = process.pid }: SyslogSender = {},
): string {
  const time = new Date(timeMs).toISOString();
  const name = host.replace(/[^\x21-\x7e]/g, '').slice(0, MOST_NAME_CHARACTERS);
  return `<${PRIORITY}>${VERSION} ${time} ${name === '' ? NIL : name} weir ${processId} flow ${NIL} `;
}
