import { parentPort, workerData } from 'node:worker_threads';
import type { ClosedFlows } from '../flow/closed-flows.js';
import { positionBefore } from '../flow/closing-list.js';
import type { CountedSoFar } from './export-statistics.js';
import { type Inspection, loadInspection } from './inspection.js';
import { Metering, type MeteringCounts, type MeteringSettings } from './metering.js';
import type { RecordBlock } from './record-merge.js';
import { type SharedSlotsMemory, SlotReader } from './shared-slots.js';

/** What a worker is started with. */
export interface WorkerStart {
  readonly worker: number;
  readonly settings: MeteringSettings;
  readonly memory: SharedSlotsMemory;
}

/** What it sends: records in order, the position before which there will be no more of them, what it has counted, and at the end all its counts. */
export interface WorkerMessage {
  readonly blocks: readonly RecordBlock[];
  readonly progress: number;
  readonly counted: CountedSoFar;
  readonly counts: MeteringCounts | null;
}

/** Slots after which a worker tells its progress, be there records or not. */
const SLOTS_PER_MESSAGE = 8;
const RECORDS_PER_MESSAGE = 2_048;

/** Meters this worker's share of the packets until there are no more. */
function run({ worker, settings, memory }: WorkerStart, inspection: Inspection | null): void {
  const blocks: RecordBlock[] = [];
  let records = 0;
  let slots = 0;
  const take = (closed: ClosedFlows): void => {
    blocks.push(copyOf(closed));
    records += closed.count;
  };
  const metering = new Metering(settings, take, inspection);
  const send = (progress: number, counts: MeteringCounts | null): void => {
    const message: WorkerMessage = { blocks, progress, counted: metering.counted(), counts };
    parentPort?.postMessage(
      message,
      blocks.flatMap(({ words, positions, metadata }) => [
        words.buffer as ArrayBuffer,
        positions.buffer as ArrayBuffer,
        metadata.buffer as ArrayBuffer,
      ]),
    );
    blocks.length = 0;
    records = 0;
    slots = 0;
  };

  const reader = new SlotReader(memory, worker);
  for (let slot = reader.take(); slot !== null; slot = reader.take()) {
    metering.process(slot);
    // The clock may yet move, and end flows, just before the next packet.
    const progress = positionBefore(slot.batch.firstNumber + slot.batch.count);
    reader.release(metering.liveFlows);
    if (++slots < SLOTS_PER_MESSAGE && records < RECORDS_PER_MESSAGE) continue;
    metering.deliver();
    send(progress, null);
  }
  void metering.finish();
  send(Infinity, metering.counts()[0]);
}

function copyOf(closed: ClosedFlows): RecordBlock {
  return {
    words: closed.words.slice(0, closed.count * closed.stride),
    positions: closed.positions.slice(0, closed.count),
    metadata: closed.metadata.slice(0, closed.metadataLength),
  };
}

const start = workerData as WorkerStart;
run(start, await loadInspection(start.settings));
