import type { PacketBatch } from './packet-batch.js';

/** A capture may claim no more than this for one packet; larger claims end the input as damaged. */
export const MAX_PACKET_OCTETS = 262_144;

/** What a reader carries over at most when it reads on: the largest packet with its headers, twice. */
export const LONGEST_CARRY_OCTETS = 2 * MAX_PACKET_OCTETS;

/** Octets asked of the file in one read. */
export const READ_OCTETS = 262_144;
/** The same of one that reads ahead: each read then costs a turn of the event loop. */
export const AHEAD_OCTETS = 1_048_576;

/** Zones of a window (windowed-reader.ts): a thread that reads ahead may be late, being woken, so there are two for it. */
export const WINDOW_ZONES = 3;
export const ZONE_OCTETS = LONGEST_CARRY_OCTETS + AHEAD_OCTETS;

/** How a capture is read. */
export interface ReadOptions {
  /** What `createWindow` made, for one reader after the other. Default: one of its own. */
  readonly window?: Uint8Array;
  /** There is a processor to spare for reading ahead, which is done where records are small. Default: false. */
  readonly mayReadAhead?: boolean;
  /** Octets of one read. Default: `READ_OCTETS`, `AHEAD_OCTETS` when reading ahead. */
  readonly readOctets?: number;
}

/** A window for a reader, or for several one after the other, of which memory is taken as it is used. */
export function createWindow(): Uint8Array {
  return new Uint8Array(WINDOW_ZONES * ZONE_OCTETS);
}

/** Where and why an input ended before its end. */
export interface InputFault {
  readonly input: string;
  /** Octet offset in the (decompressed) capture at which the fault stands. */
  readonly offset: number;
  /** What is wrong and what was expected. */
  readonly message: string;
}

/** An interface that packets of this run came from. */
export interface CaptureInterface {
  /** Name as the capture tells it, or the input's name. */
  readonly name: string;
  /** LINKTYPE_ value. */
  readonly linkType: number;
  readonly input: string;
  /** Number of the interface within its capture file. */
  readonly id: number;
}

/**
 * Reads one capture: `fill` gets more octets into its window, `next` takes whole packets out of it into a batch, which is valid
 * until the next `fill`.
 */
export interface CaptureReader {
  readonly input: string;
  /** Reads on. False at the end. */
  fill(): boolean | Promise<boolean>;
  /** Writes the capture columns of as many packets as fit and are complete in the window; returns how many. */
  next(batch: PacketBatch): number;
  /** Set once the input ended before its end; every packet before the fault has been delivered when `next` returns 0. */
  readonly fault: InputFault | null;
  /** Octets of the file read so far, and its size when known (progress). */
  readonly octetsRead: number;
  readonly octetsTotal: number | null;
  /**
   * Packets with an odd time stamp: the sub-second field was a second or more (carried into the seconds), or the time lies
   * before 1970 or beyond 2^53 µs (the nearest time that does not was taken).
   */
  readonly oddTimestamps: number;
  /** Resolves when nothing is written to the window any more. */
  close(): Promise<void>;
}
