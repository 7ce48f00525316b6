import { rmSync } from 'node:fs';
import path from 'node:path';

import { type OutputError, outputErrorFrom } from '../output-error.js';
import { flowRecords, type Message } from './message.js';
import { SEGMENT_ENDING, type SpoolFolder } from './spool-folder.js';
import { readSegment, SpoolSegment } from './spool-segment.js';

/** Octets of one file: what is read, or dropped, at once. */
const SEGMENT_OCTETS = 4_194_304;
/** The bound is not passed by more than one of this many segments. */
const SEGMENTS = 8;
/** After a fault, records are counted as lost for as long before the disk is tried again. */
const RETRY_MS = 1_000;

const NUMBER_DIGITS = 10;

/** A file that is complete. */
interface Closed {
  readonly path: string;
  readonly generation: string;
  readonly octets: number;
  /** Flow records; 0 for those of an earlier run, which are counted when they are read. */
  readonly records: number;
  readonly isEarlier: boolean;
}

export interface SpoolOptions {
  readonly folder: SpoolFolder;
  /** Bound on all files together. */
  readonly maxOctets: number;
  /** Name of this run in the names of its files. */
  readonly generation: string;
  /** What a session begins with: it stands at the front of each file so that another run can send it. */
  readonly introduction: () => readonly Message[];
  readonly now: () => number;
  readonly onError: (error: OutputError) => void;
}

/**
 * Messages that wait on disk, in order. Written synchronously in large pieces, as files are; the system's page cache takes
 * them. When it is full the oldest file goes.
 */
export class Spool {
  /** Flow records that were dropped as the oldest, and that the disk did not take or give back. */
  dropped = 0;
  failed = 0;
  /** Flow records of earlier runs that were read. */
  recovered = 0;
  readonly #options: SpoolOptions;
  readonly #segmentOctets: number;
  readonly #closed: Closed[];
  #current: SpoolSegment | null = null;
  #number = 0;
  /** What was read last: it stays until all of it was sent. */
  #reading: Closed | null = null;
  #closedOctets = 0;
  #closedRecords = 0;
  #retryMs = -Infinity;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#segmentOctets = Math.min(SEGMENT_OCTETS, Math.ceil(options.maxOctets / SEGMENTS));
    this.#closed = options.folder.earlier().map(({ file, octets }) => ({
      path: file,
      generation: path.basename(file).split('-')[0],
      octets,
      records: 0,
      isEarlier: true,
    }));
    this.#closedOctets = this.#closed.reduce((sum, { octets }) => sum + octets, 0);
  }

  get maxOctets(): number {
    return this.#options.maxOctets;
  }

  /** Nothing waits in it. */
  get isEmpty(): boolean {
    return this.#closed.length === 0 && this.#current === null;
  }

  get octets(): number {
    return this.#closedOctets + (this.#current?.octets ?? 0);
  }

  get records(): number {
    return this.#closedRecords + (this.#current?.records ?? 0);
  }

  append(message: Message): void {
    const { now } = this.#options;
    if (this.#current === null && now() < this.#retryMs) {
      this.failed += flowRecords(message);
      return;
    }
    const before = this.records;
    try {
      this.#current ??= this.#create();
      this.#current.append(message);
      if (this.#current.octets >= this.#segmentOctets) this.#finish();
    } catch (error) {
      this.#lose(error, before + flowRecords(message));
    }
    while (this.octets > this.#options.maxOctets && this.#closed.length > 0) this.#dropOldest();
  }

  /** Gives what waits in memory to the system. */
  flush(): void {
    const before = this.records;
    try {
      this.#current?.flush();
    } catch (error) {
      this.#lose(error, before);
    }
  }

  /** The messages of the oldest file, which all that was read before has been sent when they are asked for. */
  read(): Message[] {
    this.release();
    if (this.#closed.length === 0) this.#finishCurrent();
    const segment = this.#closed.shift();
    if (segment === undefined) return [];
    this.#closedOctets -= segment.octets;
    this.#closedRecords -= segment.records;
    try {
      const messages = readSegment(segment.path, segment.generation);
      this.#reading = segment;
      if (segment.isEarlier) this.recovered += messages.reduce((sum, message) => sum + flowRecords(message), 0);
      return messages;
    } catch (error) {
      this.failed += segment.records;
      this.#tell(error, 'cannot read the spool');
      return [];
    }
  }

  /** All that was read has been sent: its file goes. */
  release(): void {
    if (this.#reading !== null) rmSync(this.#reading.path, { force: true });
    this.#reading = null;
  }

  /**
   * Ends the use of the folder. In one that stays, what has not been sent stays as well, for the next run.
   * @param unsent messages that came before those in the spool, some perhaps read from it
   * @returns flow records that wait for the next run
   */
  close(unsent: readonly Message[]): number {
    const { folder, generation } = this.#options;
    let kept = 0;
    this.#finishCurrent();
    if (folder.stays) {
      kept = this.#closedRecords + this.#keep(unsent.filter((message) => message.generation === generation));
      const earlier = unsent.filter((message) => message.generation !== generation);
      // Their Templates are in their file: it stays whole.
      if (earlier.length > 0) this.#reading = null;
      kept += earlier.reduce((sum, message) => sum + flowRecords(message), 0);
    } else {
      for (const { path: file } of this.#closed) rmSync(file, { force: true });
    }
    this.release();
    this.#closed.length = 0;
    this.#closedOctets = 0;
    this.#closedRecords = 0;
    folder.close();
    return kept;
  }

  /** Writes a file that sorts before all others of this run. */
  #keep(messages: readonly Message[]): number {
    if (messages.length === 0) return 0;
    try {
      const segment = this.#create(0);
      for (const message of messages) segment.append(message);
      segment.close();
      return segment.records;
    } catch (error) {
      this.#tell(error, 'cannot write the spool');
      return 0;
    }
  }

  #create(number = ++this.#number): SpoolSegment {
    const { folder, generation, introduction } = this.#options;
    const name = `${generation}-${String(number).padStart(NUMBER_DIGITS, '0')}${SEGMENT_ENDING}`;
    const segment = new SpoolSegment(path.join(folder.make(), name));
    for (const message of introduction()) segment.append({ ...message, ordinal: 0 });
    return segment;
  }

  #finishCurrent(): void {
    const before = this.records;
    try {
      this.#finish();
    } catch (error) {
      this.#lose(error, before);
    }
  }

  /** Closes the file that is being written; the next message begins another one. */
  #finish(): void {
    const segment = this.#current;
    if (segment === null) return;
    segment.close();
    this.#current = null;
    this.#add(segment);
  }

  #add({ path: file, octets, records }: SpoolSegment): void {
    this.#closed.push({ path: file, generation: this.#options.generation, octets, records, isEarlier: false });
    this.#closedOctets += octets;
    this.#closedRecords += records;
  }

  /** After a fault: what the file has kept stays, the rest of what there should be is lost. */
  #lose(error: unknown, expected: number): void {
    const segment = this.#current;
    this.#current = null;
    if (segment !== null) {
      this.#add(segment);
      try {
        segment.close();
      } catch (fault) {
        this.#tell(fault, 'cannot close the spool');
      }
    }
    this.failed += expected - this.records;
    this.#retryMs = this.#options.now() + RETRY_MS;
    this.#tell(error, 'cannot write the spool');
  }

  #dropOldest(): void {
    const segment = this.#closed.shift()!;
    this.#closedOctets -= segment.octets;
    this.#closedRecords -= segment.records;
    this.dropped += segment.records;
    rmSync(segment.path, { force: true });
  }

  #tell(error: unknown, action: string): void {
    this.#options.onError(outputErrorFrom(error, this.#options.folder.name, action));
  }
}
