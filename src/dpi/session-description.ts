import { ascii, decimal, find, startsWith } from './octets.js';
import { type FlowView, Transport } from './protocol.js';

/** Session descriptions (RFC 8866), as SIP, RTSP, MGCP and others carry them. */

const MEDIA = ascii('m=');
const AUDIO = ascii('audio ');
const VIDEO = ascii('video ');
const MOST_MEDIA = 4;

/** Announces the audio and video of a description: flows of UDP that will be the protocol of that place. */
export function expectMedia(octets: Uint8Array, from: number, to: number, flow: FlowView, place: number): void {
  let p = from;
  for (let n = 0; n < MOST_MEDIA; n++) {
    const found = find(octets, p, to, MEDIA);
    if (found < 0) return;
    p = found + MEDIA.length;
    if (!startsWith(octets, p, to, AUDIO) && !startsWith(octets, p, to, VIDEO)) continue;
    const port = decimal(octets, p + AUDIO.length, to);
    if (port > 0 && port < 65_536) flow.expect(Transport.Udp, port, place);
  }
}
