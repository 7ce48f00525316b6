import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

import { CaptureError, errorCode, errorText } from '../capture-error.js';
import type { InterfaceTable } from '../interface-table.js';
import type { LiveOptions } from '../live-capture.js';
import type { PacketBatch } from '../packet-batch.js';
import { NO_TIMESTAMPS, openError } from './open-error.js';
import { PacketQueue } from './packet-queue.js';
import { type Opened, WatchedCapture } from './watched-capture.js';

/** A capture by a library that calls back for each packet, on the event loop. */
export abstract class QueuedCapture extends WatchedCapture {
  protected readonly queue: PacketQueue;
  protected override readonly survivesDown = false;
  #row = 0;
  #lostNoted = 0;

  constructor(options: LiveOptions, interfaces: InterfaceTable) {
    super(options, interfaces);
    this.queue = new PacketQueue(options.bufferOctets, options.snapLength);
  }

  /** Opens the interface; throws what the library throws. Returns the LINKTYPE_ value. */
  protected abstract openSession(): number;
  /** Packets that the kernel has lost since the last call. */
  protected abstract kernelDrops(): number;

  protected open(index: number, timestamps: LiveOptions['timestamps']): Opened {
    const { interfaceName } = this;
    try {
      if (timestamps === 'hardware') {
        const text = `the npm package '${this.backend}' does not have them`;
        throw Object.assign(new Error(text), { code: NO_TIMESTAMPS });
      }
      const linkType = this.openSession();
      this.#row = this.interfaces.add({ name: interfaceName, linkType, input: interfaceName, id: index });
      return { linkType };
    } catch (error) {
      throw openError(permissionError(error), interfaceName);
    }
  }

  protected read(batch: PacketBatch, waitMs: number): number | Promise<number> {
    const count = this.queue.take(batch, this.linkType, this.#row);
    if (count > 0) return count;
    return this.queue.wait(waitMs).then(() => this.queue.take(batch, this.linkType, this.#row));
  }

  /** Others have to do on this thread. */
  protected override pause(waitMs: number): Promise<void> {
    return sleep(waitMs);
  }

  protected changeFilter(): void {
    const why = `the npm package '${this.backend}' cannot change the filter of a capture: end and begin it`;
    throw new CaptureError('usage', this.interfaceName, why);
  }

  protected collect(): void {
    this.droppedByKernel += this.kernelDrops() + this.queue.lost - this.#lostNoted;
    this.#lostNoted = this.queue.lost;
  }
}

/** Loads a package that need not be there; null when it is not, or cannot be loaded. */
export function optionalPackage(name: string): unknown {
  try {
    return createRequire(import.meta.url)(name);
  } catch {
    return null;
  }
}

/** What is missing and how to get it, or null. */
export function packageMissing(name: string): string | null {
  if (optionalPackage(name) !== null) return null;
  return (
    `the npm package '${name}' is missing: 'npm install ${name}' beside weir, which takes a C++ compiler, make, Python 3 and ` +
    "libpcap's headers (Debian and Ubuntu: apt-get install g++ make python3 libpcap-dev)"
  );
}

/** These libraries give libpcap's text and no code. */
function permissionError(error: unknown): unknown {
  if (errorCode(error) !== null || !/permission|permitted/i.test(errorText(error))) return error;
  return Object.assign(new Error(errorText(error), { cause: error }), { code: 'EPERM' });
}
