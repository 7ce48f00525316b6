import { on } from 'node:events';
import { type MessagePort, workerData } from 'node:worker_threads';
import { CaptureError } from '../capture/capture-error.js';
import type { CaptureReader } from '../capture/capture-reader.js';
import { InterfaceTable } from '../capture/interface-table.js';
import { PeekableSource } from '../capture/octet-source.js';
import { openCapture, readerOf } from '../capture/open-capture.js';
import type { HashSeed } from '../decode/flow-key.js';
import type { ClosedFlows } from '../flow/closed-flows.js';
import { positionBefore } from '../flow/closing-list.js';
import type { CountedSoFar } from './export-statistics.js';
import { type Inspection, loadInspection } from './inspection.js';
import { Metering, type MeteringCounts, type MeteringSettings } from './metering.js';
import { type OctetRingMemory, RingSource } from './octet-ring.js';
import { PacketSelection, type SelectionSettings } from './packet-selection.js';
import { type RecordBlock, recordBlockOf } from './record-merge.js';
import { WorkerPace } from './worker-pace.js';

/** What a worker is started with. */
export interface WorkerStart {
  readonly worker: number;
  readonly workers: number;
  readonly settings: MeteringSettings;
  readonly selection: SelectionSettings;
  readonly seed: HashSeed;
  readonly pace: SharedArrayBuffer;
  readonly ring: OctetRingMemory;
  /** Where it is told the inputs, and where its messages go. */
  readonly port: MessagePort;
}

/** An input to read: so many octets of the file of that name, or what goes through the ring for the `ring`th time; or that there are no more. */
export type WorkerTask = { readonly input: string; readonly ring: number | null; readonly octets: number } | 'end';

/** What it sends: records in order, the position before which there will be no more of them, what it has counted, and at the end all its counts. */
export interface WorkerMessage {
  readonly blocks: readonly RecordBlock[];
  readonly progress: number;
  readonly counted: CountedSoFar;
  readonly counts: MeteringCounts | null;
}

/** Windows after which a worker tells its progress, be there records or not. */
const WINDOWS_PER_MESSAGE = 8;
const RECORDS_PER_MESSAGE = 2_048;

/** Reads all inputs, as the first thread does, and meters its share of the packets. */
class MeteringWorker {
  private readonly metering: Metering;
  private readonly selection: PacketSelection;
  private readonly pace: WorkerPace;
  private readonly interfaces = new InterfaceTable();
  private packets = 0;
  /** Before this position there will be no more records. */
  private progress = positionBefore(0);
  private blocks: RecordBlock[] = [];
  private records = 0;
  private windows = 0;

  constructor(
    private readonly start: WorkerStart,
    inspection: Inspection | null,
  ) {
    this.pace = new WorkerPace(start.workers, start.pace);
    this.selection = new PacketSelection(start.selection, start.seed);
    const take = (closed: ClosedFlows): void => {
      this.blocks.push(recordBlockOf(closed));
      this.records += closed.count;
      if (this.records >= RECORDS_PER_MESSAGE) this.send(this.progress, null);
    };
    this.metering = new Metering(start.settings, take, inspection);
  }

  async run(): Promise<void> {
    const messages = on(this.start.port, 'message') as AsyncIterable<[WorkerTask]>;
    for await (const [task] of messages) {
      if (task === 'end') break;
      await this.readInput(task);
    }
    void this.metering.finish();
    this.send(Infinity, this.metering.counts()[0]);
    this.pace.tell(this.start.worker, Infinity, 0);
  }

  /** What is wrong with an input the first thread tells: it meets the same. */
  private async readInput({ input, ring, octets }: Exclude<WorkerTask, 'end'>): Promise<void> {
    const { interfaces, start } = this;
    try {
      const reader =
        ring === null
          ? await openCapture(input, interfaces, (source) => {
              source.endAt(octets);
              return source;
            })
          : await readerOf(input, new PeekableSource(new RingSource(start.ring, start.worker - 1, ring)), interfaces);
      try {
        await this.read(reader);
      } finally {
        reader.close();
      }
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
    }
  }

  private async read(reader: CaptureReader): Promise<void> {
    const { metering, selection, pace, start } = this;
    const slot = metering.slot();
    const { window, batch } = slot;
    while (this.packets < pace.endAt) {
      const filling = reader.fill(window);
      if (!(typeof filling === 'boolean' ? filling : await filling)) return;
      while (reader.next(batch) > 0) {
        selection.apply(batch);
        batch.count = Math.min(batch.count, pace.endAt - this.packets);
        batch.firstNumber = this.packets;
        this.packets += batch.count;
        metering.process(slot);
      }
      pace.tell(start.worker, this.packets, metering.liveFlows);
      if (++this.windows === WINDOWS_PER_MESSAGE) {
        metering.deliver();
        // The clock may yet move, and end flows, just before the next packet.
        this.send(positionBefore(this.packets), null);
      }
      while (!pace.wait(start.worker));
    }
  }

  private send(progress: number, counts: MeteringCounts | null): void {
    const { blocks } = this;
    const message: WorkerMessage = { blocks, progress, counted: this.metering.counted(), counts };
    this.start.port.postMessage(
      message,
      blocks.flatMap(({ words, positions, metadata }) => [
        words.buffer as ArrayBuffer,
        positions.buffer as ArrayBuffer,
        metadata.buffer as ArrayBuffer,
      ]),
    );
    this.progress = progress;
    this.blocks = [];
    this.records = 0;
    this.windows = 0;
  }
}

const start = workerData as WorkerStart;
await new MeteringWorker(start, await loadInspection(start.settings)).run();
