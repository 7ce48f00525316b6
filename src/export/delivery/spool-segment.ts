import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

import { flowRecords, type Message } from './message.js';

/** First octets of each file. */
const MAGIC = Buffer.from('weirspl1');
/** Before each message: CRC, octets, Data Records, ordinal (32 bits each), kind, whether it is a repeat (8 bits each). */
const ENTRY_OCTETS = 18;
const CRC_OCTETS = 4;
const BUFFER_OCTETS = 262_144;

/**
 * A file of messages, written once from front to back, and read in one piece. What was being written when the process
 * ended is left out when it is read. All methods may throw errors of the file system; then nothing was taken, nothing of what
 * had been taken is lost, and the same can be tried again.
 */
export class SpoolSegment {
  /** In the file and in the buffer. */
  octets = 0;
  /** Flow records. */
  records = 0;
  /** null when closed. */
  #descriptor: number | null;
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
    const needed = ENTRY_OCTETS + message.octets.length;
    if (this.#filled + needed > BUFFER_OCTETS) this.flush();
    if (needed <= BUFFER_OCTETS) {
      this.#filled = putEntry(this.#buffer, this.#filled, message);
      this.#take(message, needed);
      return;
    }
    const entry = Buffer.allocUnsafe(needed);
    putEntry(entry, 0, message);
    this.#write(entry, needed);
    this.#take(message, needed);
    this.#writtenRecords = this.records;
  }

  #take(message: Message, octets: number): void {
    this.octets += octets;
    this.records += flowRecords(message);
  }

  /** Gives what is in the buffer to the system. */
  flush(): void {
    if (this.#filled === 0) return;
    this.#write(this.#buffer, this.#filled);
    this.#filled = 0;
    this.#writtenRecords = this.records;
  }

  #write(octets: Buffer, length: number): void {
    const descriptor = this.#descriptor;
    if (descriptor === null) throw new Error(`${this.path} is closed`);
    try {
      for (let at = 0; at < length;) {
        at += writeSync(descriptor, octets, at, length - at, this.#written + at);
      }
    } catch (error) {
      // Half a message is of no use to anybody, and may be what the disk lacks.
      ftruncateSync(descriptor, this.#written);
      throw error;
    }
    this.#written += length;
  }

  close(): void {
    this.flush();
    this.#closeFile();
  }

  /** Ends it with what the system has taken. */
  abandon(): void {
    this.#filled = 0;
    this.octets = this.#written;
    this.records = this.#writtenRecords;
    this.#closeFile();
  }

  #closeFile(): void {
    const descriptor = this.#descriptor;
    // Closed twice, the number may be another file's.
    this.#descriptor = null;
    if (descriptor !== null) closeSync(descriptor);
  }
}

function putEntry(buffer: Buffer, at: number, { octets, records, ordinal, kind, isRepeat }: Message): number {
  const end = at + ENTRY_OCTETS + octets.length;
  buffer.writeUInt32BE(octets.length, at + 4);
  buffer.writeUInt32BE(records, at + 8);
  buffer.writeUInt32BE(ordinal, at + 12);
  buffer[at + 16] = kind;
  buffer[at + 17] = isRepeat ? 1 : 0;
  buffer.set(octets, at + ENTRY_OCTETS);
  buffer.writeUInt32BE(crc32(buffer.subarray(at + CRC_OCTETS, end)), at);
  return end;
}

/** Reads the messages of a segment, up to the first that is not whole. Throws an error of the file system. */
export function readSegment(path: string, generation: string): Message[] {
  const file = readFileSync(path);
  const messages: Message[] = [];
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) return messages;
  for (let at = MAGIC.length; at + ENTRY_OCTETS <= file.length;) {
    const from = at + ENTRY_OCTETS;
    const to = from + file.readUInt32BE(at + 4);
    if (to > file.length || crc32(file.subarray(at + CRC_OCTETS, to)) !== file.readUInt32BE(at)) break;
    messages.push({
      octets: file.subarray(from, to),
      records: file.readUInt32BE(at + 8),
      ordinal: file.readUInt32BE(at + 12),
      kind: file[at + 16],
      isRepeat: file[at + 17] !== 0,
      generation,
      sentMs: 0,
    });
    at = to;
  }
  return messages;
}
