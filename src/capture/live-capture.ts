import type { InterfaceTable } from './interface-table.js';
import type { PacketBatch } from './packet-batch.js';

/**
 * Live capture: the contract between a back-end and the sensor.
 *
 * A capture belongs to the thread that opened it: its memory cannot be sent to another one. A thread that reads in a loop
 * shall look at its stop flag between two calls of `next`, none of which lasts longer than `MAX_WAIT_MS`.
 */

/** The longest that one call of `next` waits, however long it was asked to: a thread that is to stop does so by then. */
export const MAX_WAIT_MS = 100;

/** Octets kept of a packet: all headers, tunnels included, and what application recognition reads of the payload. */
export const DEFAULT_SNAP_LENGTH = 2_048;

/** Octets of packets that wait in the kernel: at 10 Gbit/s and 2,048 octets a packet 50 ms and more. */
export const DEFAULT_BUFFER_OCTETS = 64 * 1024 * 1024;

/** The pseudo interface that stands for all of them. */
export const ANY_INTERFACE = 'any';

/** What a back-end counted since it was opened, over all re-openings; whole numbers up to 2^53. */
export interface CaptureCounts {
  /** Packets handed over in batches. */
  readonly received: number;
  /** Packets that passed the filter and were lost because nobody had read fast enough. */
  readonly droppedByKernel: number;
  /** Packets that the interface itself lost for want of room, by its driver's count. */
  readonly droppedByInterface: number;
  /** How often the ring was found full, where there is a ring. */
  readonly freezes: number;
}

export interface CaptureState {
  /** `down`: the interface is there and switched off; `gone`: it is not there, or cannot be opened again. */
  readonly kind: 'up' | 'down' | 'gone';
  /** What is wrong, for people; empty when all is well. */
  readonly message: string;
}

export const UP: CaptureState = { kind: 'up', message: '' };

export interface LiveCapture {
  readonly interfaceName: string;
  /** Index that the system gives the interface; another one after it was deleted and made anew; 0 for `any`. */
  readonly ifIndex: number;
  /** LINKTYPE_ value of the packets. */
  readonly linkType: number;
  /** Name in the list of back-ends. */
  readonly backend: string;
  /** Whether `counts().droppedByKernel` is a count; false when the back-end cannot tell, and it stays 0. */
  readonly countsDrops: boolean;
  /**
   * Fills the batch's capture columns, `count` and `latestUs` (not `firstNumber`) with what is there, waiting at most
   * `timeoutMs` and `MAX_WAIT_MS` for the first packet. Returns how many packets; 0 when none came. What the batch points
   * into stays valid until the next call of `next` or `close`. Back-ends that live on the event loop return a promise
   * when they have to wait. Trouble with the interface is no exception: see `state`.
   */
  next(batch: PacketBatch, timeoutMs: number): number | Promise<number>;
  counts(): CaptureCounts;
  /**
   * Puts another filter in place of the former one without losing a packet; packets that wait have passed the former one.
   * Throws a `CaptureError` when the expression is wrong or the back-end cannot do that: then the former one stays.
   */
  setFilter(filter: string | null): void;
  /** Changes during `next` only. While not `up`, `next` goes on looking for the interface and opens it again. */
  readonly state: CaptureState;
  /** Why the interface's own clock does not stamp packets although it was asked to; null when it does, or was not. */
  readonly timestampTrouble: string | null;
  /** There will be no more packets, as at the end of a stream. Interfaces never end. */
  readonly ended?: boolean;
  /** Ends the capture; doing so again does nothing. `next` returns 0 from then on. */
  close(): void;
}

export interface LiveOptions {
  /** Name of an interface, or `any`. */
  readonly interfaceName: string;
  /** Octets kept of each packet, 64 to 262,144. */
  readonly snapLength: number;
  readonly promiscuous: boolean;
  /** Octets of packets that may wait in the kernel. */
  readonly bufferOctets: number;
  /** An expression as tcpdump takes it, or null for all packets. */
  readonly filter: string | null;
  /**
   * Captures with the same number, 0 to 65,535, in one network namespace share the packets: by address pair, so that both
   * directions and all fragments of a conversation reach the same one. Null for all packets.
   */
  readonly fanoutGroup: number | null;
  /** Whose clock stamps packets: the system's, or the interface's own where it has one. */
  readonly timestamps: 'system' | 'hardware';
}

export const DEFAULT_LIVE_OPTIONS = {
  snapLength: DEFAULT_SNAP_LENGTH,
  promiscuous: true,
  bufferOctets: DEFAULT_BUFFER_OCTETS,
  filter: null,
  fanoutGroup: null,
  timestamps: 'system',
} as const satisfies Omit<LiveOptions, 'interfaceName'>;

/** A way to capture. One file each in `live/`, one line each in `live/backends.ts`. */
export interface Backend {
  /** As `--capture` names it. */
  readonly name: string;
  /** What it is, in a few words. */
  readonly summary: string;
  /** Null when it can be used on this machine, else what is missing and how to get it. Permission is another matter. */
  missing(): string | null;
  /** Whether it can be used on the first thread of a program only. */
  readonly isOnFirstThread?: boolean;
  /** Whether captures of it that are closed keep the process from ending by itself. */
  keepsProcess?(): boolean;
  /** The capture enters its interface into the table (`any`: each interface that packets come from). Throws a `CaptureError`. */
  open(options: LiveOptions, interfaces: InterfaceTable): LiveCapture;
}
