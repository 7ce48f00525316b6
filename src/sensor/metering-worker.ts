import { type MessagePort, workerData } from 'node:worker_threads';
import type { CountedSoFar } from './export-statistics.js';
import { Metering, type MeteringCounts, type MeteringSettings } from './metering.js';
import { PacketRing, type PacketRingMemory } from './packet-ring.js';
import { type RecordBlock, recordBlockOf } from './record-merge.js';
import { RingMetering } from './ring-metering.js';
import { type TurnMemory, TurnReading } from './turn-reading.js';

/** What a worker is started with. */
export interface WorkerStart {
  readonly worker: number;
  readonly settings: MeteringSettings;
  readonly ring: PacketRingMemory;
  readonly turns: TurnMemory;
  /** Where its messages go. */
  readonly port: MessagePort;
}

/** What it sends: records in order, the position before which there will be no more of them, what it has counted, and at the end all its counts. */
export interface WorkerMessage {
  readonly blocks: readonly RecordBlock[];
  readonly progress: number;
  readonly counted: CountedSoFar;
  readonly counts: MeteringCounts | null;
}

/** Slots after which a worker tells its progress, be there records or not. */
const SLOTS_PER_MESSAGE = 16;
const RECORDS_PER_MESSAGE = 2_048;

/** Meters this worker's share of the packets, and takes its turns in reading them, until there are no more. */
function run({ worker, settings, ring: memory, turns, port }: WorkerStart): void {
  const blocks: RecordBlock[] = [];
  let records = 0;
  let told = 0;
  const ring = new PacketRing(memory);
  const metering = new Metering(settings, (closed) => {
    blocks.push(recordBlockOf(closed));
    records += closed.count;
    // At the end of all they become more than any message should have.
    if (records >= RECORDS_PER_MESSAGE) send(self.progress, null);
  });
  const self = new RingMetering(worker, ring, new TurnReading(turns, ring, settings.decode), metering);
  const send = (progress: number, counts: MeteringCounts | null): void => {
    const message: WorkerMessage = { blocks, progress, counted: metering.counted(), counts };
    port.postMessage(
      message,
      blocks.flatMap(({ words, positions, metadata }) => [
        words.buffer as ArrayBuffer,
        positions.buffer as ArrayBuffer,
        metadata.buffer as ArrayBuffer,
      ]),
    );
    ring.signal();
    blocks.length = 0;
    records = 0;
    told = self.done;
  };

  while (!ring.isEnd(self.done)) {
    const { signals } = ring;
    if (!self.step()) ring.wait(signals);
    else if (self.done - told >= SLOTS_PER_MESSAGE) {
      metering.deliver();
      send(self.progress, null);
    }
  }
  void metering.finish();
  send(Infinity, metering.counts()[0]);
  port.close();
}

run(workerData as WorkerStart);
