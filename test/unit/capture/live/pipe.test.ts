import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { InterfaceTable } from '../../../../src/capture/interface-table.js';
import { PIPE } from '../../../../src/capture/live/pipe.js';
import { DEFAULT_LIVE_OPTIONS, type LiveCapture, type LiveOptions } from '../../../../src/capture/live-capture.js';
import { PacketBatch } from '../../../../src/capture/packet-batch.js';
import { eachBatch } from '../../../support/captures.js';
import { bundled, temporaryFolder } from '../../../support/run-weir.js';

interface Opened {
  readonly capture: LiveCapture;
  /** Writes to the pipe as another program would; null closes it. */
  readonly write: (octets: Uint8Array | null) => void;
  /** Times and lengths of all packets that are there now. */
  readonly read: () => string[];
}

function openPipe(options: Partial<LiveOptions> = {}): Opened {
  const name = path.join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [name]);
  const capture = PIPE.open({ ...DEFAULT_LIVE_OPTIONS, interfaceName: name, ...options }, new InterfaceTable());
  onTestFinished(() => capture.close());
  let writer = -1;
  const write = (octets: Uint8Array | null): void => {
    if (writer < 0) writer = fs.openSync(name, 'w');
    if (octets === null) fs.closeSync(writer);
    else for (let at = 0; at < octets.length; at += 4_096) fs.writeSync(writer, octets.subarray(at, at + 4_096));
  };
  const batch = new PacketBatch();
  const read = (): string[] => {
    const packets: string[] = [];
    while ((capture.next(batch, 20) as number) > 0) packets.push(...described(batch));
    return packets;
  };
  return { capture, write, read };
}

function described(batch: PacketBatch): string[] {
  return Array.from(
    { length: batch.count },
    (_, i) => `${batch.timeUs[i]} ${batch.captured[i]}/${batch.wire[i]} ${batch.link[i]}`,
  );
}

async function packetsOf(file: string): Promise<string[]> {
  const packets: string[] = [];
  await eachBatch(file, (batch) => packets.push(...described(batch)));
  return packets;
}

describe.each(['dns.pcap', 'icmp-nanoseconds.pcap', 'mixed-links.pcapng'])('a pipe with %s', (name) => {
  it('gives its packets as they come, whole ones only, and ends with it', async () => {
    const { capture, write, read } = openPipe();
    expect(read()).toEqual([]);
    expect(capture.ended).toBe(false);
    const octets = fs.readFileSync(bundled(name));
    const got: string[] = [];
    // Cut anywhere: within the head, within packets.
    for (const [from, to] of [
      [0, 3],
      [3, 30],
      [30, octets.length - 100],
      [octets.length - 100, octets.length - 1],
      [octets.length - 1, octets.length],
    ]) {
      write(octets.subarray(from, to));
      got.push(...read());
      expect(capture.ended).toBe(false);
    }
    const expected = await packetsOf(bundled(name));
    expect(got).toEqual(expected);
    write(null);
    expect(read()).toEqual([]);
    expect(capture).toMatchObject({ ended: true, state: { kind: 'gone', message: 'the stream has ended' } });
    expect(capture.counts()).toEqual({
      received: expected.length,
      droppedByKernel: 0,
      droppedByInterface: 0,
      freezes: 0,
    });
  });
});

it.each([
  ['text', Buffer.from('this is no capture'), /not a capture/],
  ['a stream that is cut', fs.readFileSync(bundled('dns.pcap')).subarray(0, 200), /is cut/],
])('%s ends the capture and says why', (_, octets, message) => {
  const { capture, write, read } = openPipe();
  write(octets);
  write(null);
  read();
  expect(capture.ended).toBe(true);
  expect(capture.state.message).toMatch(message);
});

it('refuses what a pipe cannot do', () => {
  expect(() => openPipe({ filter: 'tcp' })).toThrow('a pipe has no filter');
  expect(() => openPipe({ fanoutGroup: 1 })).toThrow('expected --workers 1');
  expect(() => PIPE.open({ ...DEFAULT_LIVE_OPTIONS, interfaceName: '/no/such/pipe' }, new InterfaceTable())).toThrow(
    'no such file',
  );
});
