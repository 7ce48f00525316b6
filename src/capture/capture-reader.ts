import type { PacketBatch } from './packet-batch.js';

/** A capture may claim no more than this for one packet; larger claims end the input as damaged. */
export const MAX_PACKET_OCTETS = 262_144;

/** Octets of a reading window: the file is read this much at a time. Must hold one largest packet with its headers twice. */
export const WINDOW_OCTETS = 786_432;

/** Octets asked of the file in one read. */
export const READ_OCTETS = 262_144;

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
 * Reads one capture: `fill` gets more octets into a window, `next` takes whole packets out of it into a batch.
 * The window belongs to the caller; what `fill` could not consume from the former window it carries over to the start of the
 * new one.
 */
export interface CaptureReader {
  readonly input: string;
  /** Reads on into `window` (at least `WINDOW_OCTETS` long; may be the window of the former call). False at the end. */
  fill(window: Uint8Array): boolean | Promise<boolean>;
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
  close(): void;
}
