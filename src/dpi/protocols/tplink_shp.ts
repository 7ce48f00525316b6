import { u32 } from '../octets.js';
import { type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

/** JSON, each octet combined with the one before it; over TCP behind its length. */
const enum Cipher {
  Start = 0xab,
  Brace = 0x7b,
  EndBrace = 0x7d,
  Quote = 0x22,
  Least = 8,
  Longest = 0x0001_0000,
}

export const tplinkShp: Protocol = {
  name: 'tplink_shp',
  title: 'TP-Link Smart Home Protocol',
  evidence: 'an object in braces under the autokey cipher, whose first member begins with a letter',
  transports: Transport.Both,
  ports: [9999],
  first: [Cipher.Start ^ Cipher.Brace, 0],
  least: Cipher.Least,

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Udp) return isObject(octets, from) ? end(octets, to, flow) : Verdict.NoMatch;
    const length = u32(octets, from);
    return length > Cipher.Least && length < Cipher.Longest && isObject(octets, from + 4)
      ? Verdict.Match
      : Verdict.NoMatch;
  },
};

/** Brace, quotation mark, a letter or an underscore. */
function isObject(octets: Uint8Array, at: number): boolean {
  const letter = octets[at + 2] ^ octets[at + 1];
  return (
    octets[at] === (Cipher.Start ^ Cipher.Brace) &&
    (octets[at + 1] ^ octets[at]) === Cipher.Quote &&
    ((letter >= 0x61 && letter <= 0x7a) || letter === 0x5f)
  );
}

/** A datagram ends in the closing brace; one that was cut need not. */
function end(octets: Uint8Array, to: number, flow: FlowView): Verdict {
  return flow.isLast || (octets[to - 1] ^ octets[to - 2]) === Cipher.EndBrace ? Verdict.Match : Verdict.NoMatch;
}
