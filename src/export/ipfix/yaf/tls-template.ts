import { itemEnd } from '../../../dpi/metadata-items.js';
import { Item } from '../../../dpi/metadata.js';
import { type DetailsWriter, NONE } from './details-writer.js';
import {
  type AddRecord,
  fixedOctets,
  groups,
  madeText,
  madeWhole,
  type Numbers,
  octets,
  records,
  subTemplate,
  type SubTemplate,
  text,
  valueList,
  whole,
} from './sub-template.js';

const enum Octets {
  Cipher = 4,
  Hash = 16,
  /** A cipher suite in a ClientHello. */
  Suite = 2,
}

const enum Character {
  Comma = 0x2c,
  Equals = 0x3d,
  Two = 0x32,
  Backslash = 0x5c,
}

/** sslClientVersion: YAF has the major number alone. */
const enum Major {
  Ssl2 = 2,
  Tls = 3,
}

/** Last arc of the identifiers of attributes (RFC 5280 §4.1.2.4), by the name that RFC 4514 gives them. */
const ATTRIBUTES: readonly { readonly name: Uint8Array; readonly arc: number }[] = (
  [
    ['CN', 3],
    ['SN', 4],
    ['serialNumber', 5],
    ['C', 6],
    ['L', 7],
    ['ST', 8],
    ['STREET', 9],
    ['O', 10],
    ['OU', 11],
    ['title', 12],
    ['GN', 42],
    ['emailAddress', 1],
    ['DC', 25],
  ] as const
).map(([name, arc]) => ({ name: Uint8Array.from(Buffer.from(name)), arc }));

/** The part of a distinguished name that is written now, in the metadata. */
const part = { from: 0, to: 0, arc: 0 };
const MOST_PARTS = 32;
const starts = new Int32Array(MOST_PARTS + 1);

/** YAF's record of a TLS handshake, and of its certificates. */
export function tlsTemplate(numbers: Numbers): SubTemplate {
  const certificates = numbers('certificates');
  const version = numbers('clientVersion');
  const ciphers = numbers('ciphers');
  return subTemplate(0xca0a, [
    valueList('sslCipher', Octets.Cipher, 'basicList', (writer, from, to) => {
      const item = writer.first(ciphers, from, to);
      if (item === NONE) return;
      const end = itemEnd(writer.source, item);
      for (let p = item + Item.HeaderOctets; p + Octets.Suite <= end; p += Octets.Suite) {
        if (writer.room < Octets.Cipher) writer.omitted++;
        else writer.whole(Octets.Cipher, (writer.source[p] << 8) | writer.source[p + 1]);
      }
    }),
    whole('sslServerCipher', numbers('cipher'), 4),
    madeWhole('sslClientVersion', 1, (writer, from, to) => {
      const item = writer.first(version, from, to);
      if (item === NONE) return 0;
      return isSsl2(writer, item) ? Major.Ssl2 : Major.Tls;
    }),
    madeWhole('sslCompressionMethod', 1, () => 0),
    madeWhole('sslRecordVersion', 2, () => 0),
    groups(certificateTemplate(numbers), certificates),
    text('sslServerName', numbers('sni')),
    fixedOctets('sslClientJA3', numbers('ja3'), Octets.Hash),
    fixedOctets('sslServerJA3S', numbers('ja3s'), Octets.Hash),
    madeText('sslClientJA3Fingerprint', () => undefined),
    madeText('sslServerJA3SFingerprint', () => undefined),
  ]);
}

const SSL2 = Uint8Array.from(Buffer.from('SSLv2'));

function isSsl2({ source }: DetailsWriter, item: number): boolean {
  for (let n = 0; n < SSL2.length; n++) if (source[item + Item.HeaderOctets + n] !== SSL2[n]) return false;
  return true;
}

function certificateTemplate(numbers: Numbers): SubTemplate {
  const attribute = subTemplate(0xce14, [
    madeText('sslObjectValue', addPart),
    madeWhole('sslObjectType', 1, () => part.arc),
  ]);
  const names = (number: number): ReturnType<typeof records> =>
    records(attribute, 'subTemplateList', (writer, from, to, add) =>
      addParts(writer, writer.first(number, from, to), add),
    );
  return subTemplate(0xca0b, [
    names(numbers('certificates.issuer')),
    names(numbers('certificates.subject')),
    records(attribute, 'subTemplateList', () => undefined),
    madeText('sslCertSignature', () => undefined),
    octets('sslCertSerialNumber', numbers('certificates.serial')),
    text('sslCertValidityNotBefore', numbers('certificates.notBefore')),
    text('sslCertValidityNotAfter', numbers('certificates.notAfter')),
    madeText('sslPublicKeyAlgorithm', () => undefined),
    whole('sslPublicKeyLength', numbers('certificates.keyBits'), 2),
    madeWhole('sslCertVersion', 1, () => 0),
    octets('sslCertificateHash', numbers('certificates.sha1')),
  ]);
}

/** Adds a record for each part of a distinguished name as RFC 4514 writes it, in the order of the certificate: the last one first. */
function addParts(writer: DetailsWriter, item: number, add: AddRecord): void {
  if (item === NONE) return;
  const { source } = writer;
  const end = itemEnd(source, item);
  let count = 0;
  for (let p = item + Item.HeaderOctets; p < end && count < MOST_PARTS; p++) {
    starts[count++] = p;
    while (p < end && source[p] !== Character.Comma) p += source[p] === Character.Backslash ? 2 : 1;
  }
  starts[count] = end + 1;
  for (let n = count - 1; n >= 0; n--) {
    let p = starts[n];
    part.to = Math.min(end, starts[n + 1] - 1);
    while (p < part.to && source[p] !== Character.Equals) p++;
    part.arc = arcOf(source, starts[n], p);
    part.from = p + 1;
    add(writer, part.from, part.to);
  }
}

/** Last arc of the attribute whose name stands from `from` to `to`; 0 when it is not known. */
function arcOf(source: Uint8Array, from: number, to: number): number {
  for (let a = 0; a < ATTRIBUTES.length; a++) {
    const { name, arc } = ATTRIBUTES[a];
    let n = 0;
    while (n < name.length && name[n] === source[from + n]) n++;
    if (n === name.length && from + n === to) return arc;
  }
  return 0;
}

/** The value of the part at hand, without the backslashes. */
function addPart(writer: DetailsWriter, _from: number, _to: number, start: number): void {
  const { source } = writer;
  let from = part.from;
  for (let p = part.from; p < part.to; p++) {
    if (source[p] !== Character.Backslash) continue;
    writer.addOctets(source, from, p, start);
    from = p + 1;
    p++;
  }
  writer.addOctets(source, from, Math.max(from, part.to), start);
}
