import { digest } from './digest.js';

const enum Entry {
  Entries = 128,
  /** Octets of the text plus one, negative for MD5; 0 of an empty entry. */
  Length = 0,
  Digest = 1,
  DigestWords = 8,
  Text = Digest + DigestWords,
  /** Longer texts are not kept. */
  TextWords = 256,
  Words = Text + TextWords,
}

/**
 * Digests of texts that come again: thousands of clients have a few programs, and these say the same in each handshake. A
 * table of fixed size; another text takes the place of the one before.
 */
export class DigestCache {
  private readonly entries = new Int32Array(Entry.Entries * Entry.Words);
  private readonly result = new Int32Array(Entry.DigestWords);
  private readonly resultOctets = new Uint8Array(this.result.buffer);
  private readonly words: Int32Array;

  /** @param text where the texts are written, from its beginning on; a whole number of words */
  constructor(private readonly text: Uint8Array<ArrayBuffer>) {
    this.words = new Int32Array(text.buffer);
  }

  /** The digest of the first `length` octets of the text, with what it does not fill undefined; the same array each time. */
  digest(algorithm: 'md5' | 'sha256', length: number): Uint8Array {
    const { entries, words, text, result, resultOctets } = this;
    const count = (length + 3) >>> 2;
    if (count > Entry.TextWords) {
      digest(algorithm, text, 0, length, resultOctets, 0);
      return resultOctets;
    }
    for (let n = length; n < 4 * count; n++) text[n] = 0;
    const kind = algorithm === 'md5' ? -1 - length : length + 1;
    let hash = kind;
    for (let n = 0; n < count; n++) hash = Math.imul(hash ^ words[n], 0x9e37_79b1) ^ (hash >>> 15);
    const e = ((hash ^ (hash >>> 16)) & (Entry.Entries - 1)) * Entry.Words;
    let isSame = entries[e + Entry.Length] === kind;
    for (let n = 0; isSame && n < count; n++) isSame = entries[e + Entry.Text + n] === words[n];
    if (isSame) {
      for (let n = 0; n < Entry.DigestWords; n++) result[n] = entries[e + Entry.Digest + n];
      return resultOctets;
    }
    digest(algorithm, text, 0, length, resultOctets, 0);
    entries[e + Entry.Length] = kind;
    for (let n = 0; n < Entry.DigestWords; n++) entries[e + Entry.Digest + n] = result[n];
    for (let n = 0; n < count; n++) entries[e + Entry.Text + n] = words[n];
    return resultOctets;
  }
}
