import { rmSync, statfsSync } from 'node:fs';
import path from 'node:path';

import { type OutputError, outputErrorFrom } from '../output-error.js';
import { flowRecords, type Message } from './message.js';
import { SEGMENT_ENDING, type SpoolFolder } from './spool-folder.js';
import { readSegment, SpoolSegment } from './spool-segment.js';

/** Octets of one file: what is read, or dropped, at once; fewer where the bound, or the disk, is small. */
const SEGMENT_OCTETS = 4_194_304;
const SMALLEST_SEGMENT_OCTETS = 65_536;
/** The bound is not passed by more than one of this many segments, and so many have room on the disk. */
const SEGMENTS = 8;
/** After a fault, records are counted as lost for as long before the disk is tried again. */
const RETRY_MS = 1_000;

const NUMBER_DIGITS = 10;

/** Codes of a disk, or a quota, that has no room. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);

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
 * them. When the spool or its disk is full the oldest file goes.
 */
export class Spool {
  /** Flow records that were dropped as the oldest, and that the disk did not take or give back. */
  dropped = 0;
  failed = 0;
  /** Flow records of earlier runs that were read. */
  recovered = 0;
  readonly #options: SpoolOptions;
  /** Where the file that is being written ends. */
  #segmentOctets = 0;
  readonly #closed: Closed[];
  #current: SpoolSegment | null = null;
  #number = 0;
  /** What was read last: it stays until all of it was sent. */
  #reading: Closed | null = null;
  #closedOctets = 0;
  #closedRecords = 0;
  #retryMs = -Infinity;

  /** Throws an OutputError when the folder cannot be read. */
  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#closed = this.#earlier();
    this.#closedOctets = this.#closed.reduce((sum, { octets }) => sum + octets, 0);
  }

  #earlier(): Closed[] {
    const { folder } = this.#options;
    try {
      return folder.earlier().map(({ file, octets }) => ({
        path: file,
        generation: path.basename(file).split('-')[0],
        octets,
        records: 0,
        isEarlier: true,
      }));
    } catch (error) {
      throw outputErrorFrom(error, folder.name, 'cannot read the spool');
    }
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

  hasRoomFor({ octets }: Message): boolean {
    return this.octets + octets.length <= this.maxOctets;
  }

  append(message: Message): void {
    const { now, maxOctets } = this.#options;
    if (this.#current === null && now() < this.#retryMs) {
      this.failed += flowRecords(message);
      return;
    }
    try {
      this.#makingRoom(() => {
        this.#current ??= this.#create();
        this.#current.append(message);
      });
    } catch (error) {
      this.failed += flowRecords(message);
      this.#lose(error);
    }
    if (this.#current !== null && this.#current.octets >= this.#segmentOctets) this.seal();
    while (this.octets > maxOctets && this.#dropOldest());
  }

  /** Gives what waits in memory to the system. */
  flush(): void {
    try {
      this.#makingRoom(() => this.#current?.flush());
    } catch (error) {
      this.#lose(error);
    }
  }

  /** The messages of the oldest file, which all that was read before has been sent when they are asked for. */
  read(): Message[] {
    this.release();
    if (this.#closed.length === 0) this.seal();
    const segment = this.#takeOldest();
    if (segment === undefined) return [];
    const messages = this.#readFile(segment);
    if (messages !== null) this.#reading = segment;
    return messages ?? [];
  }

  /** null when the disk does not give it back. */
  #readFile(segment: Closed): Message[] | null {
    try {
      const messages = readSegment(segment.path, segment.generation);
      const records = messages.reduce((sum, message) => sum + flowRecords(message), 0);
      if (segment.isEarlier) this.recovered += records;
      else this.failed += segment.records - records;
      return messages;
    } catch (error) {
      this.failed += segment.records;
      this.#tell(error, 'cannot read the spool');
      return null;
    }
  }

  #takeOldest(): Closed | undefined {
    const segment = this.#closed.shift();
    this.#closedOctets -= segment?.octets ?? 0;
    this.#closedRecords -= segment?.records ?? 0;
    return segment;
  }

  /** All that was read has been sent: its file goes. */
  release(): void {
    if (this.#reading !== null) this.#remove(this.#reading.path);
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
    this.seal();
    if (folder.stays) {
      kept = this.#closedRecords + this.#keep(unsent.filter((message) => message.generation === generation));
      const earlier = unsent.filter((message) => message.generation !== generation);
      // Their Templates are in their file: it stays whole.
      if (earlier.length > 0) this.#reading = null;
      kept += earlier.reduce((sum, message) => sum + flowRecords(message), 0);
    }
    this.release();
    this.#closed.length = 0;
    this.#closedOctets = 0;
    this.#closedRecords = 0;
    try {
      folder.close();
    } catch (error) {
      this.#tell(error, 'cannot remove the spool');
    }
    return kept;
  }

  /** Writes a file that sorts before all others of this run. Answers how many flow records the system took. */
  #keep(messages: readonly Message[]): number {
    if (messages.length === 0) return 0;
    let segment: SpoolSegment | null = null;
    try {
      segment = this.#create(0);
      for (const message of messages) segment.append(message);
      segment.close();
    } catch (error) {
      this.#abandon(segment);
      this.#tell(error, 'cannot write the spool');
    }
    return segment?.records ?? 0;
  }

  #create(number = ++this.#number): SpoolSegment {
    const { folder, generation, introduction } = this.#options;
    const name = `${generation}-${String(number).padStart(NUMBER_DIGITS, '0')}${SEGMENT_ENDING}`;
    const place = folder.make();
    const segment = new SpoolSegment(path.join(place, name));
    const onDisk = Math.max(SMALLEST_SEGMENT_OCTETS, freeOctets(place) / SEGMENTS);
    this.#segmentOctets = Math.min(SEGMENT_OCTETS, this.maxOctets / SEGMENTS, onDisk);
    try {
      for (const message of introduction()) segment.append({ ...message, ordinal: 0 });
    } catch (error) {
      this.#abandon(segment);
      throw error;
    }
    return segment;
  }

  /** Does what writes; while the disk has no room, the oldest file goes for it. */
  #makingRoom(write: () => void): void {
    for (;;) {
      try {
        write();
        return;
      } catch (error) {
        if (!NO_ROOM.has((error as NodeJS.ErrnoException).code ?? '') || !this.#dropOldest()) throw error;
      }
    }
  }

  /** Closes the file that is being written; the next message begins another one. */
  seal(): void {
    const segment = this.#current;
    if (segment === null) return;
    try {
      this.#makingRoom(() => segment.close());
    } catch (error) {
      this.#lose(error);
      return;
    }
    this.#current = null;
    this.#add(segment);
  }

  #add({ path: file, octets, records }: SpoolSegment): void {
    this.#closed.push({ path: file, generation: this.#options.generation, octets, records, isEarlier: false });
    this.#closedOctets += octets;
    this.#closedRecords += records;
  }

  /** After a fault: what the file has kept stays, the rest of what there should be is lost. */
  #lose(error: unknown): void {
    const expected = this.records;
    const segment = this.#current;
    this.#current = null;
    this.#abandon(segment);
    if (segment !== null && segment.records > 0) this.#add(segment);
    else if (segment !== null) this.#remove(segment.path);
    this.failed += expected - this.records;
    this.#retryMs = this.#options.now() + RETRY_MS;
    this.#tell(error, 'cannot write the spool');
  }

  #abandon(segment: SpoolSegment | null): void {
    try {
      segment?.abandon();
    } catch (error) {
      this.#tell(error, 'cannot close the spool');
    }
  }

  /** Answers whether there was one, and its room is free. */
  #dropOldest(): boolean {
    const segment = this.#takeOldest();
    if (segment === undefined) return false;
    const before = this.recovered;
    // How many an earlier run has put into it, only the file knows.
    if (segment.isEarlier) this.#readFile(segment);
    this.dropped += segment.records + this.recovered - before;
    return this.#remove(segment.path);
  }

  /** Answers whether it is gone. */
  #remove(file: string): boolean {
    try {
      rmSync(file, { force: true });
      return true;
    } catch (error) {
      this.#tell(error, 'cannot remove a file of the spool');
      return false;
    }
  }

  #tell(error: unknown, action: string): void {
    this.#options.onError(outputErrorFrom(error, this.#options.folder.name, action));
  }
}

/** Room on the disk of a folder; infinite where the system does not tell. */
function freeOctets(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}
