import { CaptureError } from '../capture-error.js';
import type { Backend } from '../live-capture.js';
import { LINKTYPE_ETHERNET, LINKTYPE_RAW } from './link-type.js';
import { optionalPackage, packageMissing, QueuedCapture } from './queued-capture.js';

/** The part of the package that is used. */
interface CapPackage {
  readonly Cap: new () => CapSession;
}

interface CapSession {
  open(device: string, filter: string, bufferOctets: number, buffer: Buffer): string;
  on(event: 'packet', listener: (octets: number, truncated: boolean) => void): void;
  removeAllListeners(): void;
  close(): void;
}

const PACKAGE = 'cap';
/** Its snap length, which cannot be changed. */
const CAP_SNAP_LENGTH = 65_535;

const LINK_TYPES: Readonly<Record<string, number>> = {
  NULL: 0,
  ETHERNET: LINKTYPE_ETHERNET,
  IEEE802_11_RADIO: 127,
  RAW: LINKTYPE_RAW,
  LINKTYPE_LINUX_SLL: 113,
};

/** All sessions, closed ones included: their memory, were it collected, is still on the event loop's list (cap 0.2.1). */
const made: CapSession[] = [];

/**
 * The npm package `cap`, packet by packet. It hands on neither libpcap's time stamps nor lengths on the wire nor drop counts:
 * packets are stamped when they come out of it, and are as long as what was captured. It is always promiscuous. When the interface
 * goes down it ends the process (an assertion of cap 0.2.1). It calls back on the event loop of the first thread, whichever made it.
 */
export const npmCap: Backend = {
  name: 'cap',
  summary: "the npm package 'cap', packet by packet, stamped late, losses not counted, on the thread that exports",
  isOnFirstThread: true,
  missing() {
    return packageMissing(PACKAGE);
  },
  open: (options, interfaces) => new NpmCapCapture(options, interfaces).start(),
};

class NpmCapCapture extends QueuedCapture {
  readonly backend = 'cap';
  readonly countsDrops = false;
  #session: CapSession | null = null;

  protected openSession(): number {
    const { interfaceName, filter, bufferOctets } = this.options;
    const { Cap } = optionalPackage(PACKAGE) as CapPackage;
    const session = new Cap();
    made.push(session);
    const buffer = Buffer.alloc(CAP_SNAP_LENGTH);
    const kind = session.open(interfaceName, filter ?? '', bufferOctets, buffer);
    const { queue } = this;
    session.on('packet', (octets) => {
      queue.add(buffer, octets, octets, Math.floor((performance.timeOrigin + performance.now()) * 1_000));
    });
    this.#session = session;
    const linkType = LINK_TYPES[kind];
    if (linkType !== undefined) return linkType;
    session.close();
    throw new CaptureError('unreadable', interfaceName, `packets of kind ${kind}: use --capture libpcap`);
  }

  protected kernelDrops(): number {
    return 0;
  }

  protected release(): void {
    this.#session?.close();
    this.#session?.removeAllListeners();
    this.#session = null;
  }
}
