import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

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
  readonly salt: Buffer;
  /** In front of "key", "iv" and "hp". */
  readonly label: string;
}

const V1: Version = { salt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'), label: 'quic' };
const V2: Version = { salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'), label: 'quicv2' };
const DRAFT29: Version = { salt: Buffer.from('afbfec289993d24c9e9786f19c6111e04390a899', 'hex'), label: 'quic' };
const DRAFT23: Version = { salt: Buffer.from('c3eef712c72ebb5a11a7d2432bb46365bef9f502', 'hex'), label: 'quic' };
const DRAFT22: Version = { salt: Buffer.from('7fbcdb0e7c66bbe92a96cd21519ebd7a02644190', 'hex'), label: 'quic' };

/** The keys of a version; null for one whose Initial packets are not protected in this way. */
function versionOf(number: number): Version | null {
  switch (number) {
    case 1:
      return V1;
    case 0x6b33_43cf:
    case 0x709a_50c4:
      return V2;
    case 0xface_b001:
      return DRAFT22;
    case 0xface_b002:
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

/** HKDF-Expand-Label (RFC 8446 §7.1) for outputs of one hash at most. */
function expand(secret: Uint8Array, label: string, octets: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.of(0, octets, name.length), name, Buffer.of(0, 1)]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, octets);
}

/**
 * Takes the protection off an Initial packet.
 * @param id where the client's first Destination Connection ID lies in `idOctets`
 * @param header first octet of the packet; `number` is where its packet number stands, `end` where the packet ends
 * @returns octets of frames in `plain`, or -1 when the packet is too short or the version has no such keys
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
  const keys = versionOf(version);
  const sample = number + 4;
  if (keys === null || sample + Sizes.Sample > end) return -1;
  const initial = createHmac('sha256', keys.salt)
    .update(idOctets.subarray(id, id + idLength))
    .digest();
  const secret = expand(initial, isServer ? 'server in' : 'client in', Sizes.Secret);
  const mask = createCipheriv('aes-128-ecb', expand(secret, `${keys.label} hp`, Sizes.Key), null).update(
    octets.subarray(sample, sample + Sizes.Sample),
  );
  const numberOctets = ((octets[header] ^ (mask[0] & 0x0f)) & 3) + 1;
  const nonce = Buffer.alloc(16);
  expand(secret, `${keys.label} iv`, Sizes.Iv).copy(nonce);
  for (let n = 0; n < numberOctets; n++) {
    nonce[Sizes.Iv - numberOctets + n] ^= octets[number + n] ^ mask[1 + n];
  }
  // GCM is counter mode that begins at 2.
  nonce[15] = 2;
  const from = number + numberOctets;
  const to = Math.max(from, end - Sizes.Tag);
  const result = createDecipheriv('aes-128-ctr', expand(secret, `${keys.label} key`, Sizes.Key), nonce).update(
    octets.subarray(from, to),
  );
  for (let n = 0; n < result.length; n++) plain[n] = result[n];
  return result.length;
}
