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
}

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
  prepareHmac(octets, 0, octets.length, extract);
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

const CLIENT = info('client in', Sizes.Secret);
const SERVER = info('server in', Sizes.Secret);

// Room for one packet, used again.
const secret = new Uint8Array(Sizes.Secret);
const prepared = new Int32Array(HMAC_WORDS);
const output = new Uint8Array(Sizes.Secret);
const keys = new Int32Array(KEY_WORDS);
const block = new Int32Array(4);
const counter = new Int32Array(4);

/** Derives octets from the secret into `output`. */
function derive(label: Uint8Array): void {
  hmacSha256(prepared, label, 0, label.length, output, 0);
}

/**
 * Takes the protection off an Initial packet.
 * @param id where the client's first Destination Connection ID lies in `idOctets`
 * @param header first octet of the packet; `number` is where its packet number stands, `end` where the packet ends
 * @returns octets of frames in `plain`, or -1 when the packet is too short, the version has no such keys, or the first frame
 *   is none that an Initial packet has
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
  if (way === null || sample + Sizes.Sample > end) return -1;
  hmacSha256(way.salt, idOctets, id, id + idLength, secret, 0);
  const side = isServer ? SERVER : CLIENT;
  prepareHmac(secret, 0, Sizes.Secret, prepared);
  hmacSha256(prepared, side, 0, side.length, secret, 0);
  prepareHmac(secret, 0, Sizes.Secret, prepared);
  derive(way.protection);
  expandKey(output, 0, keys);
  for (let n = 0; n < 4; n++) block[n] = wordAt(octets, sample + 4 * n);
  encryptBlock(keys, block);
  const mask = block[0];
  const afterMask = block[1];
  const numberOctets = ((octets[header] ^ ((mask >>> 24) & 0x0f)) & 3) + 1;
  derive(way.iv);
  for (let n = 0; n < numberOctets; n++) {
    const hidden = n < 3 ? mask >>> (16 - 8 * n) : afterMask >>> 24;
    output[Sizes.Iv - numberOctets + n] ^= octets[number + n] ^ hidden;
  }
  for (let n = 0; n < 3; n++) counter[n] = wordAt(output, 4 * n);
  derive(way.key);
  expandKey(output, 0, keys);
  const from = number + numberOctets;
  const to = Math.max(from, end - Sizes.Tag);
  for (let p = from, turn = 0; p < to; p += Sizes.Sample, turn++) {
    for (let n = 0; n < 3; n++) block[n] = counter[n];
    // GCM is counter mode that begins at 2.
    block[3] = turn + 2;
    encryptBlock(keys, block);
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
