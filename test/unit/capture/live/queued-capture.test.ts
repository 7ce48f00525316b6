import { expect, it } from 'vitest';

import { InterfaceTable } from '../../../../src/capture/interface-table.js';
import { DEFAULT_LIVE_OPTIONS } from '../../../../src/capture/live-capture.js';
import { QueuedCapture } from '../../../../src/capture/live/queued-capture.js';
import { PacketBatch } from '../../../../src/capture/packet-batch.js';

/** A library that opens the interface once, loses it at the first read, and cannot open it again. */
class Broken extends QueuedCapture {
  readonly backend = 'broken';
  readonly countsDrops = true;
  private sessions = 0;

  protected openSession(): number {
    if (this.sessions++ > 0) throw new Error('it is broken');
    return 1;
  }

  protected override read(): number {
    this.trouble(true);
    return 0;
  }

  protected kernelDrops(): number {
    return 0;
  }

  protected release(): void {}
}

it.skipIf(process.platform !== 'linux')(
  'leaves the thread to others while its interface cannot be opened',
  async () => {
    const capture = new Broken({ ...DEFAULT_LIVE_OPTIONS, interfaceName: 'lo' }, new InterfaceTable()).start();
    const batch = new PacketBatch();
    expect(capture.next(batch, 1)).toBe(0);
    let hasRun = false;
    setImmediate(() => (hasRun = true));
    const reading = capture.next(batch, 20);
    expect(reading).toBeInstanceOf(Promise);
    expect(await reading).toBe(0);
    expect(hasRun).toBe(true);
    expect(capture.state).toMatchObject({ kind: 'gone', message: expect.stringContaining('it is broken') as string });
    capture.close();
    expect(await capture.next(batch, 20)).toBe(0);
  },
);
