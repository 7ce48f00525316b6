import { CaptureError } from '../capture-error.js';
import type { Backend } from '../live-capture.js';
import { LINKTYPE_ETHERNET, LINKTYPE_RAW } from './link-type.js';
import { optionalPackage, packageMissing, QueuedCapture } from './queued-capture.js';

/** The part of the package that is used. */
interface PcapPackage {
  createSession(device: string, options: Readonly<Record<string, unknown>>): PcapSession;
}

interface PcapSession {
  readonly link_type: string;
  on(event: 'packet', listener: (packet: { readonly buf: Buffer; readonly header: Buffer }) => void): void;
  stats(): { readonly ps_drop: number };
  close(): void;
}

const PACKAGE = 'pcap';
const READ_TIMEOUT_MS = 10;
const MICROSECONDS = 1_000_000;

/** Where its packet header has what: seconds, microseconds, octets captured and on the wire. */
const SECONDS = 0;
const SUBSECONDS = 4;
const CAPTURED = 8;
const WIRE = 12;

const LINK_TYPES: Readonly<Record<string, number>> = {
  LINKTYPE_NULL: 0,
  LINKTYPE_ETHERNET,
  LINKTYPE_IEEE802_11_RADIO: 127,
  LINKTYPE_RAW,
  LINKTYPE_LINUX_SLL: 113,
};

/**
 * All sessions, closed ones included: a closed one goes on polling until another packet comes, which keeps the thread from ending,
 * and its memory, were it collected, is still on the event loop's list (pcap 3.1.0).
 */
const opened: PcapSession[] = [];

/** The npm package `pcap`, packet by packet. */
export const npmPcap: Backend = {
  name: 'pcap',
  summary: "the npm package 'pcap', packet by packet, in microseconds, on the thread that exports",
  isOnFirstThread: true,
  missing() {
    return packageMissing(PACKAGE);
  },
  keepsProcess: () => opened.length > 0,
  open: (options, interfaces) => new NpmPcapCapture(options, interfaces).start(),
};

class NpmPcapCapture extends QueuedCapture {
  readonly backend = 'pcap';
  readonly countsDrops = true;
  #session: PcapSession | null = null;
  #drops = 0;

  protected openSession(): number {
    const { interfaceName, filter, bufferOctets, snapLength, promiscuous } = this.options;
    const session = (optionalPackage(PACKAGE) as PcapPackage).createSession(interfaceName, {
      filter: filter ?? '',
      buffer_size: bufferOctets,
      snap_length: snapLength,
      buffer_timeout: READ_TIMEOUT_MS,
      promiscuous,
    });
    opened.push(session);
    const { queue } = this;
    session.on('packet', ({ buf, header }) => {
      const timeUs = header.readUInt32LE(SECONDS) * MICROSECONDS + header.readUInt32LE(SUBSECONDS);
      queue.add(buf, header.readUInt32LE(CAPTURED), header.readUInt32LE(WIRE), timeUs);
    });
    this.#session = session;
    this.#drops = 0;
    const linkType = LINK_TYPES[session.link_type];
    if (linkType !== undefined) return linkType;
    session.close();
    throw new CaptureError('unreadable', interfaceName, `packets of kind ${session.link_type}: use --capture libpcap`);
  }

  protected kernelDrops(): number {
    if (this.#session === null) return 0;
    // A 32-bit count that runs over.
    const now = this.#session.stats().ps_drop;
    const more = (now - this.#drops) >>> 0;
    this.#drops = now;
    return more;
  }

  protected release(): void {
    this.#session?.close();
    this.#session = null;
  }
}
