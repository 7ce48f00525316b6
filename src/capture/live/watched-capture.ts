import { readFileSync } from 'node:fs';

import { CaptureError } from '../capture-error.js';
import type { InterfaceTable } from '../interface-table.js';
import {
  ANY_INTERFACE,
  type CaptureCounts,
  type CaptureState,
  type LiveCapture,
  type LiveOptions,
  MAX_WAIT_MS,
  UP,
} from '../live-capture.js';
import type { PacketBatch } from '../packet-batch.js';
import { absent, timestampTrouble } from './open-error.js';
import { interfaceStatus, type InterfaceStatus } from './interface-status.js';

/** How often a silent or absent interface is looked at. */
const LOOK_EVERY_MS = 500;

/** What drivers count of packets that the interface had no room for. */
const INTERFACE_DROPS = ['rx_missed_errors', 'rx_fifo_errors'];

/** How a device that the system does not know is taken to be. */
const OTHER_DEVICE: InterfaceStatus = { error: null, index: 0, isUp: true, hardware: 0 };

/** What a back-end tells of a capture that it has opened. */
export interface Opened {
  readonly linkType: number;
}

/**
 * What all back-ends share: whether the interface is there, opening it again when it has come back, the counts. A silent
 * interface and one with trouble are looked at twice a second; one that delivers, and was there, is there.
 */
export abstract class WatchedCapture implements LiveCapture {
  abstract readonly backend: string;
  abstract readonly countsDrops: boolean;
  ifIndex = 0;
  linkType = 0;
  state: CaptureState = UP;
  timestampTrouble: string | null = null;
  protected received = 0;
  protected droppedByKernel = 0;
  protected freezes = 0;
  #isOpen = false;
  /** False for a device that is no network interface: it is there until reading from it fails. */
  #isOfSystem = true;
  #closed = false;
  #lookAtMs = 0;
  #interfaceDrops = 0;
  #lastInterfaceDrops: number;
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));

  constructor(
    protected options: LiveOptions,
    protected readonly interfaces: InterfaceTable,
  ) {
    this.#lastInterfaceDrops = interfaceDrops(options.interfaceName);
  }

  get interfaceName(): string {
    return this.options.interfaceName;
  }

  /** Opens the interface for the first time; throws a `CaptureError`. */
  start(): this {
    const { interfaceName } = this;
    const { error, index } = interfaceStatus(interfaceName);
    this.#isOfSystem = error === null;
    // What the system does not know the library may: it says so itself if not.
    if (error !== null && !this.opensOtherDevices) throw absent(interfaceName);
    this.#open(index);
    return this;
  }

  next(batch: PacketBatch, timeoutMs: number): number | Promise<number> {
    batch.count = 0;
    if (this.#closed) return 0;
    const waitMs = Math.max(0, Math.min(timeoutMs, MAX_WAIT_MS));
    if (!this.#isOpen) {
      const pausing = this.pause(waitMs);
      return pausing === null ? this.#took(0) : pausing.then(() => this.#took(0));
    }
    const count = this.read(batch, waitMs);
    return typeof count === 'number' ? this.#took(count) : count.then((later) => this.#took(later));
  }

  counts(): CaptureCounts {
    if (this.#isOpen) this.collect();
    this.#noteInterfaceDrops();
    return {
      received: this.received,
      droppedByKernel: this.droppedByKernel,
      droppedByInterface: this.#interfaceDrops,
      freezes: this.freezes,
    };
  }

  setFilter(filter: string | null): void {
    if (this.#isOpen) this.changeFilter(filter);
    this.options = { ...this.options, filter };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
  }

  /** Whether it can open devices that are no network interfaces. */
  protected readonly opensOtherDevices: boolean = false;
  /** Whether what was opened captures again after the interface was down. */
  protected readonly survivesDown: boolean = true;
  /** Opens the interface that now has this index; throws a `CaptureError`. */
  protected abstract open(index: number, timestamps: LiveOptions['timestamps']): Opened;
  /** As `next`; 0 after trouble with the interface, with `trouble` called. */
  protected abstract read(batch: PacketBatch, waitMs: number): number | Promise<number>;
  /** Waits while nothing is open; null when that is done. */
  protected pause(waitMs: number): Promise<void> | null {
    Atomics.wait(this.#sleeper, 0, 0, waitMs);
    return null;
  }
  /** As `setFilter`, for what is open. */
  protected abstract changeFilter(filter: string | null): void;
  /** Adds what was lost since the last call to the counts. */
  protected abstract collect(): void;
  /** Gives all memory and handles back. */
  protected abstract release(): void;

  /** The interface is to be looked at at once; when `broken`, what was opened can only be opened anew. */
  protected trouble(broken: boolean): void {
    this.#lookAtMs = 0;
    if (broken) this.#release();
  }

  #took(count: number): number {
    this.received += count;
    // Packets of an interface that has gone may still come: they do not say that it is there.
    if (count === 0 || this.state !== UP) this.#look();
    return count;
  }

  /** Finds out how the interface is, not too often, and opens it when that is what it needs. */
  #look(): void {
    const now = performance.now();
    if (now < this.#lookAtMs || this.#closed) return;
    this.#lookAtMs = now + LOOK_EVERY_MS;
    const { interfaceName } = this;
    const { error, index, isUp } = this.#isOfSystem ? interfaceStatus(interfaceName) : OTHER_DEVICE;
    if (error !== null) {
      this.#become({ kind: 'gone', message: error });
      return;
    }
    const isStale = isUp && this.state.kind === 'down' && !this.survivesDown;
    if (index !== this.ifIndex || !this.#isOpen || isStale) {
      try {
        this.#release();
        this.#open(index);
      } catch (failure) {
        if (!(failure instanceof CaptureError)) throw failure;
        const kind = isUp ? 'gone' : 'down';
        this.#become({ kind, message: isUp ? `cannot be opened again: ${failure.detail}` : 'is down' });
        return;
      }
    }
    this.#become(isUp ? UP : { kind: 'down', message: 'is down' });
  }

  #become(state: CaptureState): void {
    if (state.kind !== this.state.kind || state.message !== this.state.message) this.state = state;
  }

  #open(index: number): void {
    const { linkType } = this.#openAsOffered(index);
    this.linkType = linkType;
    this.ifIndex = index;
    this.#isOpen = true;
  }

  /** With the system's clock where the interface's own does not stamp. */
  #openAsOffered(index: number): Opened {
    this.timestampTrouble = null;
    try {
      return this.open(index, this.options.timestamps);
    } catch (error) {
      this.timestampTrouble = timestampTrouble(error);
      if (this.timestampTrouble === null) throw error;
      return this.open(index, 'system');
    }
  }

  #release(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.collect();
    } finally {
      this.release();
    }
  }

  /** Adds what the driver has counted since the last call; one that begins again at 0 takes nothing back. */
  #noteInterfaceDrops(): void {
    const now = interfaceDrops(this.interfaceName);
    this.#interfaceDrops += Math.max(0, now - this.#lastInterfaceDrops);
    this.#lastInterfaceDrops = now;
  }
}

/** What cannot be read, of an interface that is gone or on a system without sysfs, counts nothing. */
function interfaceDrops(name: string): number {
  let sum = 0;
  for (const counter of name === ANY_INTERFACE ? [] : INTERFACE_DROPS) {
    try {
      sum += Number(readFileSync(`/sys/class/net/${name}/statistics/${counter}`, 'utf8'));
    } catch {
      continue;
    }
  }
  return sum;
}
