import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

import { flowRecords, type Message } from './message.js';

/** First octets of each file. */
const MAGIC = Buffer.from('weirspl1');
/** Before each message: octets, Data Records, ordinal (32 bits each), kind, whether it is a repeat (8 bits each). */
const ENTRY_OCTETS = 14;
const BUFFER_OCTETS = 262_144;

/**
 * A file of messages, written once from front to back, and read in one piece. What was being written when the process
 * ended is left out when it is read. All methods may throw errors of the file system.
 */
export class SpoolSegment {
  /** In the file and in the buffer. */
  octets = 0;
  /** Flow records. */
  records = 0;
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_OCTETS);
  #filled = 0;
  #written = 0;
  #writtenRecords = 0;

  constructor(readonly path: string) {
    this.#descriptor = openSync(path, 'wx', 0o600);
    this.#filled = MAGIC.copy(this.#buffer);
    this.octets = MAGIC.length;
  }

  append(message: Message): void {
    const { octets } = message;
    const needed = ENTRY_OCTETS + octets.length;
    if (this.#filled + needed > BUFFER_OCTETS) this.flush();
    this.octets += needed;
    this.records += flowRecords(message);
    if (needed <= BUFFER_OCTETS) {
      this.#filled = putEntry(this.#buffer, this.#filled, message);
      return;
    }
    const entry = Buffer.allocUnsafe(needed);
    putEntry(entry, 0, message);
    this.#write(entry, needed);
  }

  /** Gives what is in the buffer to the system. After an error the segment ends with what was written before. */
  flush(): void {
    const filled = this.#filled;
    this.#filled = 0;
    if (filled > 0) this.#write(this.#buffer, filled);
  }

  #write(octets: Buffer, length: number): void {
    try {
      for (let at = 0; at < length;) at += writeSync(this.#descriptor, octets, at, length - at);
    } catch (error) {
      this.octets = this.#written;
      this.records = this.#writtenRecords;
      ftruncateSync(this.#descriptor, this.#written);
      throw error;
    }
    this.#written = this.octets;
    this.#writtenRecords = this.records;
  }

  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.#descriptor);
    }
  }
}

function putEntry(buffer: Buffer, at: number, { octets, records, ordinal, kind, isRepeat }: Message): number {
  buffer.writeUInt32BE(octets.length, at);
  buffer.writeUInt32BE(records, at + 4);
  buffer.writeUInt32BE(ordinal, at + 8);
  buffer[at + 12] = kind;
  buffer[at + 13] = isRepeat ? 1 : 0;
  buffer.set(octets, at + ENTRY_OCTETS);
  return at + ENTRY_OCTETS + octets.length;
}

/** Reads the messages of a segment, as far as they are whole. Throws an error of the file system. */
export function readSegment(path: string, generation: string): Message[] {
  const file = readFileSync(path);
  const messages: Message[] = [];
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) return messages;
  for (let at = MAGIC.length; at + ENTRY_OCTETS <= file.length;) {
    const from = at + ENTRY_OCTETS;
    const to = from + file.readUInt32BE(at);
    if (to > file.length) break;
    messages.push({
      octets: file.subarray(from, to),
      records: file.readUInt32BE(at + 4),
      ordinal: file.readUInt32BE(at + 8),
      kind: file[at + 12],
      isRepeat: file[at + 13] !== 0,
      generation,
      sentMs: 0,
    });
    at = to;
  }
  return messages;
}
