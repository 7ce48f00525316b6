import { u16, u24 } from './octets.js';
import type { FlowView } from './protocol.js';
import { Carrier, HELLO_WORDS, HelloFlag, messageOctets, readClientHello, readServerHello } from './tls-hello.js';
import { writeCertificate } from './x509.js';

/**
 * A TLS handshake (RFC 5246 §6.2, §7.4) that another protocol carries in pieces: its records are put together in the working
 * memory of the flow, half of it for each direction.
 */

const enum Record {
  HeaderOctets = 5,
  Handshake = 22,
}

const enum Message {
  ClientHello = 1,
  ServerHello = 2,
  Certificate = 11,
}

const enum Half {
  Octets = 16_384,
}

/** Words for each direction, behind those of the hellos. */
const enum Memory {
  /** Octets of handshake messages, those of them that were read, and octets behind them that are still in records. */
  Messages = 0,
  Read = 1,
  Records = 2,
  Words = 3,
}

const MOST_CERTIFICATES = 10;

/** Words of memory that a handshake in pieces needs, from `flow.memory` on. */
export const HANDSHAKE_WORDS = HELLO_WORDS + 2 * Memory.Words;

/**
 * Takes the next octets of this direction's stream. Answers false when nothing more can be read of it.
 * @param certificates place of the elements of certificates; those of the hellos come first of all
 */
export function takeHandshake(
  octets: Uint8Array,
  from: number,
  to: number,
  flow: FlowView,
  certificates: number,
): boolean {
  const { words } = flow;
  if (!flow.scratch(2 * Half.Octets)) return false;
  const m = flow.memory + HELLO_WORDS + flow.direction * Memory.Words;
  const base = flow.scratchAt + flow.direction * Half.Octets;
  const held = words[m + Memory.Messages] + words[m + Memory.Records];
  if (held + to - from > Half.Octets) return false;
  const { scratchOctets } = flow;
  for (let n = 0; n < to - from; n++) scratchOctets[base + held + n] = octets[from + n];
  words[m + Memory.Records] += to - from;
  const goesOn = openRecords(base, m, flow);
  return readMessages(base, m, flow, certificates) && goesOn;
}

/** Takes the headers off the records that are whole; false where something else than a handshake comes. */
function openRecords(base: number, m: number, flow: FlowView): boolean {
  const { words, scratchOctets } = flow;
  while (words[m + Memory.Records] >= Record.HeaderOctets) {
    const at = base + words[m + Memory.Messages];
    if (scratchOctets[at] !== Record.Handshake) return false;
    const length = u16(scratchOctets, at + 3);
    if (words[m + Memory.Records] < Record.HeaderOctets + length) return true;
    scratchOctets.copyWithin(at, at + Record.HeaderOctets, at + words[m + Memory.Records]);
    words[m + Memory.Records] -= Record.HeaderOctets + length;
    words[m + Memory.Messages] += length;
  }
  return true;
}

function readMessages(base: number, m: number, flow: FlowView, certificates: number): boolean {
  const { words, scratchOctets } = flow;
  const end = base + words[m + Memory.Messages];
  while (base + words[m + Memory.Read] + 4 <= end) {
    const from = base + words[m + Memory.Read];
    const next = from + messageOctets(scratchOctets, from);
    if (next > end) return true;
    words[m + Memory.Read] = next - base;
    switch (scratchOctets[from]) {
      case Message.ClientHello:
        readClientHello(scratchOctets, from + 4, next, flow, Carrier.Tls);
        break;
      case Message.ServerHello:
        readServerHello(scratchOctets, from + 4, next, flow);
        break;
      case Message.Certificate:
        writeCertificates(scratchOctets, from + 4, next, flow, certificates);
        words[flow.memory] |= HelloFlag.Certificate;
    }
  }
  return true;
}

/** Writes the certificates of a Certificate message without its header (RFC 5246 §7.4.2). */
export function writeCertificates(octets: Uint8Array, from: number, to: number, flow: FlowView, place: number): void {
  if (to - from < 3) return;
  const end = Math.min(to, from + 3 + u24(octets, from));
  for (let p = from + 3, n = 0; p + 3 <= end && n < MOST_CERTIFICATES; n++) {
    const next = p + 3 + u24(octets, p);
    if (next > end) return;
    writeCertificate(octets, p + 3, next, flow, place);
    p = next;
  }
}
