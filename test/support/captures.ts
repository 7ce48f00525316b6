import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { InterfaceTable } from '../../src/capture/interface-table.js';
import { openCapture } from '../../src/capture/open-capture.js';
import { PacketBatch } from '../../src/capture/packet-batch.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The captures that come with the project. */
export function bundledCaptures(): string[] {
  return capturesIn(path.join(repository, 'pcaps'));
}

/** A folder of captures beside the project, `null` when it is not there. */
export function sharedFolder(name: string): string | null {
  const folder = path.resolve(repository, '../shared/pcaps', name);
  return fs.existsSync(folder) ? folder : null;
}

export function capturesIn(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => /\.pcap(ng)?(\.gz|\.zst)?$/.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

/** Calls `visit` with every batch of a capture, in order; a damaged capture is read up to its fault. */
export async function eachBatch(file: string, visit: (batch: PacketBatch) => void): Promise<void> {
  const reader = await openCapture(file, new InterfaceTable());
  const batch = new PacketBatch();
  try {
    while (await reader.fill()) {
      while (reader.next(batch) > 0) visit(batch);
    }
  } finally {
    await reader.close();
  }
}

export interface CapturedFrame {
  readonly octets: Uint8Array;
  readonly link: number;
  readonly wire: number;
}

/** The frames of a capture, at most `limit` of them. */
export async function framesOf(file: string, limit = Infinity): Promise<CapturedFrame[]> {
  const frames: CapturedFrame[] = [];
  await eachBatch(file, (batch) => {
    for (let i = 0; i < batch.count && frames.length < limit; i++) {
      const start = batch.offset[i];
      const octets = batch.octets.slice(start, start + batch.captured[i]);
      frames.push({ octets, link: batch.link[i], wire: batch.wire[i] });
    }
  });
  return frames;
}
