import { ascii, decimal, find } from './octets.js';

/** Session descriptions (RFC 8866), as SIP, RTSP, MGCP and others carry them. */

const AUDIO = ascii('m=audio ');
const VIDEO = ascii('m=video ');

/** Port of the first audio, else video, of a description; -1 without one. */
export function mediaPort(octets: Uint8Array, from: number, to: number): number {
  let found = find(octets, from, to, AUDIO);
  if (found < 0) found = find(octets, from, to, VIDEO);
  if (found < 0) return -1;
  const port = decimal(octets, found + AUDIO.length, to);
  return port > 0 && port < 65_536 ? port : -1;
}
