import { encryptBlock, expandKey, KEY_WORDS } from './aes128.js';
import { ascii } from './octets.js';
import { HMAC_WORDS, hmacSha256, prepareHmac } from './sha256.js';

/**
 * Takes the protection off QUIC Initial packets (RFC 9001 §5), whose keys follow from the client's Destination Connection
 * ID. The authentication tag is not checked: octets that were cut have none, and frames that make sense are proof enough.
 */

const enum Sizes {
  Secret = 32,
  Key = 16,
  Iv = 12,
  Sample = 16,
  Tag = 16,
  /** Longest Destination Connection ID (RFC 9000 §17.2). */
  Id = 20,
}

/** They are zero under the header's protection (RFC 9000 §17.2). */
const RESERVED_BITS = 0x0c;

interface Version {
  /** HMAC with the salt. */
  readonly salt: Int32Array;
  /** What the header's protection, the nonce and the key are derived with. */
  readonly protection: Uint8Array;
  readonly iv: Uint8Array;
  readonly key: Uint8Array;
}

/** The info of HKDF-Expand-Label (RFC 8446 §7.1), with the counter of its only turn behind it. */
function info(label: string, octets: number): Uint8Array {
  const name = ascii(`tls13 ${label}`);
  return Uint8Array.of(0, octets, name.length, ...name, 0, 1);
}

function made(salt: string, label: string): Version {
  const octets = Uint8Array.from(Buffer.from(salt, 'hex'));
  const extract = new Int32Array(HMAC_WORDS);
  prepareHmac(octets, 0, octets.length, extract, 0);
  return {
    salt: extract,
    protection: info(`${label} hp`, Sizes.Key),
    iv: info(`${label} iv`, Sizes.Iv),
    key: info(`${label} key`, Sizes.Key),
  };
}

const V1: Version = made('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'quic');
const V2: Version = made('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'quicv2');
const DRAFT29: Version = made('afbfec289993d24c9e9786f19c6111e04390a899', 'quic');
const DRAFT23: Version = made('c3eef712c72ebb5a11a7d2432bb46365bef9f502', 'quic');
const DRAFT22: Version = made('7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a', 'quic');

/** Google's, with TLS in them. */
const T050: Version = made('7ff579e5acd072915580304c43a2367c60488310', 'quic');
const T051: Version = made('7a4edef4e7ccee5fa4506c19124fc8ccda6e033d', 'quic');

/** The keys of a version; null for one whose Initial packets are not protected in this way. */
function versionOf(number: number): Version | null {
  switch (number) {
    case 1:
      return V1;
    case 0x6b33_43cf:
    case 0x709a_50c4:
      return V2;
    case 0x5430_3530:
      return T050;
    case 0x5430_3531:
      return T051;
    case 0xface_b001:
      return DRAFT22;
    case 0xface_b002:
    case 0xface_b00e:
      return DRAFT23;
  }
  if (number >>> 8 !== 0xff_0000) return null;
  const draft = number & 0xff;
  if (draft >= 33) return V1;
  if (draft >= 29) return DRAFT29;
  return draft >= 23 ? DRAFT23 : draft === 22 ? DRAFT22 : null;
}

export function hasInitialKeys(version: number): boolean {
  return versionOf(version) !== null;
}

/** What was under the protection; used again by the next call. */
export const plain = new Uint8Array(65_536);

const counter = new Int32Array(Side.IvWords);

const CLIENT = info('client in', Sizes.Secret);
const SERVER = info('server in', Sizes.Secret);

/** Words of a side. */
const enum Side {
  /** `Derived`. */
  State = 0,
  /** HMAC with the secret of the side. */
  Hmac = 1,
  /** Expanded key of the header's protection, and that of the packet with its nonce. */
  Protection = Hmac + HMAC_WORDS,
  Key = Protection + KEY_WORDS,
  Iv = Key + KEY_WORDS,
  IvWords = 3,
  Words = Iv + IvWords,
}

/**
 * The keys of connections seen last, since each has several Initial packets: their Destination Connection ID with its version,
 * and what follows from it for each side as far as it was wanted.
 */
const enum Cached {
  Entries = 64,
  Version = 0,
  IdLength = 1,
  Id = 2,
  IdWords = 5,
  /** HMAC with the secret of both sides. */
  Common = Id + IdWords,
  Sides = Common + HMAC_WORDS,
  Words = Sides + 2 * Side.Words,
}

/** What was derived for a side. */
const enum Derived {
  None = 0,
  Protection = 1,
  All = 2,
}

const cache = new Int32Array(Cached.Entries * Cached.Words);
const wanted = new Int32Array(Cached.IdWords);
const secret = new Uint8Array(Sizes.Secret);
const output = new Uint8Array(Sizes.Secret);
const block = new Int32Array(4);

/** The entry of a connection in `cache`, made when there is none. */
function entryOf(number: number, way: Version, octets: Uint8Array, id: number, idLength: number): number {
  wanted.fill(0);
  for (let n = 0; n < idLength; n++) wanted[n >>> 2] |= octets[id + n] << (8 * (n & 3));
  let hash = number ^ idLength;
  for (let n = 0; n < Cached.IdWords; n++) hash = Math.imul(hash ^ wanted[n], 0x9e37_79b1) ^ (hash >>> 15);
  const entry = ((hash ^ (hash >>> 16)) & (Cached.Entries - 1)) * Cached.Words;
  let isSame = cache[entry + Cached.Version] === (number | 0) && cache[entry + Cached.IdLength] === idLength;
  for (let n = 0; n < Cached.IdWords; n++) if (cache[entry + Cached.Id + n] !== wanted[n]) isSame = false;
  if (isSame) return entry;
  cache[entry + Cached.Version] = number;
  cache[entry + Cached.IdLength] = idLength;
  for (let n = 0; n < Cached.IdWords; n++) cache[entry + Cached.Id + n] = wanted[n];
  for (let side = entry + Cached.Sides; side < entry + Cached.Words; side += Side.Words) cache[side] = Derived.None;
  hmacSha256(way.salt, 0, octets, id, id + idLength, secret, 0);
  prepareHmac(secret, 0, Sizes.Secret, cache, entry + Cached.Common);
  return entry;
}

/** Derives what takes the protection off the headers of a side. */
function deriveProtection(entry: number, side: number, isServer: boolean, way: Version): void {
  const label = isServer ? SERVER : CLIENT;
  hmacSha256(cache, entry + Cached.Common, label, 0, label.length, secret, 0);
  prepareHmac(secret, 0, Sizes.Secret, cache, side + Side.Hmac);
  derive(side, way.protection);
  expandKey(output, 0, cache, side + Side.Protection);
  cache[side + Side.State] = Derived.Protection;
}

/** Derives what the packets of a side are encrypted with. */
function deriveKey(side: number, way: Version): void {
  derive(side, way.iv);
  for (let n = 0; n < Side.IvWords; n++) cache[side + Side.Iv + n] = wordAt(output, 4 * n);
  derive(side, way.key);
  expandKey(output, 0, cache, side + Side.Key);
  cache[side + Side.State] = Derived.All;
}

/** Derives octets from the secret of a side into `output`. */
function derive(side: number, label: Uint8Array): void {
  hmacSha256(cache, side + Side.Hmac, label, 0, label.length, output, 0);
}

/**
 * Takes the protection off an Initial packet.
 * @param id where the client's first Destination Connection ID lies in `idOctets`
 * @param header first octet of the packet; `number` is where its packet number stands, `end` where the packet ends
 * @returns octets of frames in `plain`, or -1 when the packet is too short, the version has no such keys, or header or first
 *   frame are none that an Initial packet has
 */
export function removeProtection(
  version: number,
  isServer: boolean,
  idOctets: Uint8Array,
  id: number,
  idLength: number,
  octets: Uint8Array,
  header: number,
  number: number,
  end: number,
): number {
  const way = versionOf(version);
  const sample = number + 4;
  if (way === null || sample + Sizes.Sample > end || idLength > Sizes.Id) return -1;
  const entry = entryOf(version, way, idOctets, id, idLength);
  const side = entry + Cached.Sides + (isServer ? Side.Words : 0);
  if (cache[side + Side.State] === Derived.None) deriveProtection(entry, side, isServer, way);
  for (let n = 0; n < 4; n++) block[n] = wordAt(octets, sample + 4 * n);
  encryptBlock(cache, side + Side.Protection, block);
  const mask = block[0];
  const afterMask = block[1];
  const first = octets[header] ^ ((mask >>> 24) & 0x0f);
  if ((first & RESERVED_BITS) !== 0) return -1;
  if (cache[side + Side.State] !== Derived.All) deriveKey(side, way);
  const numberOctets = (first & 3) + 1;
  for (let n = 0; n < Side.IvWords; n++) counter[n] = cache[side + Side.Iv + n];
  // The packet number stands in the last octets of the nonce.
  for (let n = 0; n < numberOctets; n++) {
    const hidden = n < 3 ? mask >>> (16 - 8 * n) : afterMask >>> 24;
    counter[Side.IvWords - 1] ^= ((octets[number + n] ^ hidden) & 0xff) << (8 * (numberOctets - 1 - n));
  }
  const from = number + numberOctets;
  const to = Math.max(from, end - Sizes.Tag);
  for (let p = from, turn = 0; p < to; p += Sizes.Sample, turn++) {
    for (let n = 0; n < 3; n++) block[n] = counter[n];
    // GCM is counter mode that begins at 2.
    block[3] = turn + 2;
    encryptBlock(cache, side + Side.Key, block);
    const count = Math.min(Sizes.Sample, to - p);
    for (let n = 0; n < count; n++) plain[p - from + n] = octets[p + n] ^ (block[n >>> 2] >>> (24 - 8 * (n & 3)));
    if (turn === 0 && !isInitialFrame(plain[0])) return -1;
  }
  return to - from;
}

/** PADDING, PING, ACK, CRYPTO, CONNECTION_CLOSE (RFC 9000 §17.2.2), and Google's CRYPTO. */
function isInitialFrame(type: number): boolean {
  return type <= 3 || type === 6 || type === 8 || type === 0x1c;
}

function wordAt(octets: Uint8Array, at: number): number {
  return (octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3];
}
