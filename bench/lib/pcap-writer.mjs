import { createHash } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

const BUFFER_OCTETS = 8 << 20;
/** A frame must fit behind the flush mark: record header, 64 KiB of packet. */
const LARGEST_RECORD_OCTETS = 16 + 65536;
const LINKTYPE_ETHERNET = 1;
const PCAP_MAGIC_MICROSECONDS = 0xa1b2c3d4;

/**
 * Writes a classic pcap file (little-endian, microseconds, Ethernet) through one large reused buffer. The file appears
 * under its name only when it is complete, so that an interrupted run leaves nothing that looks like a trace.
 */
export class PcapWriter {
  /** Records are composed here, at `position`; call `flushIfFull` before each. */
  buffer = Buffer.allocUnsafe(BUFFER_OCTETS);
  view = new DataView(this.buffer.buffer, this.buffer.byteOffset, BUFFER_OCTETS);
  position = 0;
  octetsWritten = 0;
  #hash = createHash('sha256');
  #path;
  #temporaryPath;
  #file;

  /**
   * @param {string} path
   * @param {number} snapLength octets kept of each packet
   */
  constructor(path, snapLength) {
    this.#path = path;
    this.#temporaryPath = `${path}.${process.pid}.partial`;
    this.#file = openSync(this.#temporaryPath, 'w');
    const { view } = this;
    view.setUint32(0, PCAP_MAGIC_MICROSECONDS, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(8, 0, true);
    view.setUint32(12, 0, true);
    view.setUint32(16, snapLength, true);
    view.setUint32(20, LINKTYPE_ETHERNET, true);
    this.position = 24;
  }

  flushIfFull() {
    if (this.position > BUFFER_OCTETS - LARGEST_RECORD_OCTETS) this.#flush();
  }

  #flush() {
    const filled = this.buffer.subarray(0, this.position);
    this.#hash.update(filled);
    for (let written = 0; written < filled.length;) written += writeSync(this.#file, filled, written);
    this.octetsWritten += this.position;
    this.position = 0;
  }

  /** @returns {{ octets: number, sha256: string }} of the finished file */
  finish() {
    this.#flush();
    closeSync(this.#file);
    renameSync(this.#temporaryPath, this.#path);
    return { octets: this.octetsWritten, sha256: this.#hash.digest('hex') };
  }

  /** Removes what was written so far. */
  abandon() {
    closeSync(this.#file);
    rmSync(this.#temporaryPath, { force: true });
  }
}
