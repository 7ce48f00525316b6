import { Protocol } from '../../decode/transport/ports.js';
import { W } from '../../flow/flow-record.js';
import { communityId } from '../../ipfix/community-id.js';
import { BLOCK_WORDS, sha1Block } from './sha1-block.js';

const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PAD = 0x3d;
const ONE = 0x31;
const COLON = 0x3a;

const block = new Int32Array(BLOCK_WORDS);
const digest = new Int32Array(5);
/** Source address, destination address. */
const addresses = Buffer.alloc(32);

/**
 * Writes the Community ID, version 1 and seed 0, of the flow at word `row` of `words`. What ipfix/community-id.ts does,
 * without an object or a call of node:crypto for the protocols that nearly all flows have.
 * @returns where it ends
 */
export function writeCommunityId(octets: Uint8Array, at: number, words: Int32Array, row: number): number {
  const protocol = words[row + W.Protocol] & 0xff;
  switch (protocol) {
    case Protocol.Tcp:
    case Protocol.Udp:
    case Protocol.Sctp:
      hashFlow(words, row, protocol);
      return writeDigest(octets, at);
    default:
      return writeText(octets, at, words, row, protocol);
  }
}

/** Puts the hash of seed, the smaller address, the other one, protocol, zero and both ports into `digest`. */
function hashFlow(words: Int32Array, row: number, protocol: number): void {
  const addressWords = words[row + W.Protocol] & 0x200 ? 4 : 1;
  const ports = words[row + W.Ports];
  let order = 0;
  for (let n = 0; n < addressWords && order === 0; n++) {
    order = (words[row + W.SourceAddress + n] >>> 0) - (words[row + W.DestinationAddress + n] >>> 0);
  }
  if (order === 0) order = (ports >>> 16) - (ports & 0xffff);
  const isOrdered = order <= 0;
  const first = row + (isOrdered ? W.SourceAddress : W.DestinationAddress);
  const second = row + (isOrdered ? W.DestinationAddress : W.SourceAddress);

  // The seed takes two octets, so everything behind it stands across two words.
  let carried = 0;
  let n = 0;
  for (let k = 0; k < addressWords; k++) {
    block[n++] = carried | (words[first + k] >>> 16);
    carried = words[first + k] << 16;
  }
  for (let k = 0; k < addressWords; k++) {
    block[n++] = carried | (words[second + k] >>> 16);
    carried = words[second + k] << 16;
  }
  block[n++] = carried | (protocol << 8);
  block[n++] = isOrdered ? ports : (ports << 16) | (ports >>> 16);
  const bits = 32 * n;
  block[n++] = 1 << 31;
  while (n < BLOCK_WORDS - 1) block[n++] = 0;
  block[BLOCK_WORDS - 1] = bits;
  sha1Block(block, digest);
}

/** `1:` and the 20 octets of `digest` in base64: six groups of three, and one of two. */
function writeDigest(octets: Uint8Array, at: number): number {
  let p = at;
  octets[p++] = ONE;
  octets[p++] = COLON;
  for (let n = 0; n < 18; n += 3) {
    const group = (digestOctet(n) << 16) | (digestOctet(n + 1) << 8) | digestOctet(n + 2);
    octets[p++] = BASE64[group >>> 18];
    octets[p++] = BASE64[(group >>> 12) & 63];
    octets[p++] = BASE64[(group >>> 6) & 63];
    octets[p++] = BASE64[group & 63];
  }
  const rest = digest[4] & 0xffff;
  octets[p++] = BASE64[rest >>> 10];
  octets[p++] = BASE64[(rest >>> 4) & 63];
  octets[p++] = BASE64[(rest << 2) & 63];
  octets[p++] = PAD;
  return p;
}

function digestOctet(n: number): number {
  return (digest[n >> 2] >>> (24 - 8 * (n & 3))) & 0xff;
}

function writeText(octets: Uint8Array, at: number, words: Int32Array, row: number, protocol: number): number {
  const length = words[row + W.Protocol] & 0x200 ? 16 : 4;
  for (let n = 0; n < length / 4; n++) {
    addresses.writeInt32BE(words[row + W.SourceAddress + n], 4 * n);
    addresses.writeInt32BE(words[row + W.DestinationAddress + n], 16 + 4 * n);
  }
  const ports = words[row + W.Ports];
  const text = communityId(addresses, 0, addresses, 16, length, protocol, ports >>> 16, ports & 0xffff);
  for (let n = 0; n < text.length; n++) octets[at + n] = text.charCodeAt(n);
  return at + text.length;
}
