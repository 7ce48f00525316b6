import { on } from 'node:events';
import { type MessagePort, workerData } from 'node:worker_threads';
import { CaptureError } from '../capture/capture-error.js';
import type { CaptureReader } from '../capture/capture-reader.js';
import { InterfaceTable } from '../capture/interface-table.js';
import { PeekableSource } from '../capture/octet-source.js';
import { openCapture, readerOf } from '../capture/open-capture.js';
import type { HashSeed } from '../decode/flow-key.js';
import type { ClosedFlows } from '../flow/closed-flows.js';
import { runToEnd } from './run-to-end.js';
import { type ClosedRingMemory, ClosedRingWriter } from './closed-ring.js';
import type { CountedSoFar } from './export-statistics.js';
import { type Inspection, loadInspection } from './inspection.js';
import { Metering, type MeteringCounts, type MeteringSettings } from './metering.js';
import { type OctetRingMemory, RingSource } from './octet-ring.js';
import { PacketSelection, type SelectionSettings } from './packet-selection.js';
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
  /** Where its records go, and how far it has come with them. */
  readonly records: ClosedRingMemory;
  /** Where it is told the inputs, and where its messages go. */
  readonly port: MessagePort;
}

/**
 * An input to read, whose first packet has the number `first`: so many octets of the file of that name, or what goes through the
 * ring for the `ring`th time; or that there are no more.
 */
export type WorkerTask = InputTask | 'end';

interface InputTask {
  readonly input: string;
  readonly first: number;
  readonly ring: number | null;
  readonly octets: number;
}

/** What it sends: what it has counted, and at the end all its counts. */
export interface WorkerMessage {
  readonly counted: CountedSoFar;
  readonly counts: MeteringCounts | null;
}

/** Windows after which a worker tells its progress, be there records or not. */
const WINDOWS_PER_TELL = 8;
/** Whoever waits looks again after so long. */
const LONGEST_WAIT_MS = 100;

/** Reads all inputs, as the first thread does, and meters its share of the packets. */
class MeteringWorker {
  private readonly metering: Metering;
  private readonly selection: PacketSelection;
  private readonly pace: WorkerPace;
  private readonly interfaces = new InterfaceTable();
  private readonly records: ClosedRingWriter;
  private packets = 0;
  /** Packets that it has told its progress of. */
  private told = 0;
  private windows = 0;

  constructor(
    private readonly start: WorkerStart,
    inspection: Inspection | null,
  ) {
    this.pace = new WorkerPace(start.workers, start.pace);
    this.selection = new PacketSelection(start.selection, start.seed);
    this.records = new ClosedRingWriter(start.records);
    this.metering = new Metering(start.settings, (closed) => this.handOver(closed), inspection);
  }

  async run(): Promise<void> {
    const messages = on(this.start.port, 'message') as AsyncIterable<[WorkerTask]>;
    for await (const [task] of messages) {
      if (task === 'end') break;
      // It may have found fewer packets in the former input than the first thread, which says so.
      this.packets = Math.max(this.packets, task.first);
      await this.readInput(task);
      this.tell();
      this.pace.endInput(this.start.worker);
    }
    void this.metering.finish();
    this.pace.tell(this.start.worker, Infinity, 0);
    this.send(this.metering.counts()[0]);
    this.records.tell(Infinity);
  }

  /** What is wrong with an input the first thread tells: it meets the same. */
  private async readInput({ input, ring, octets }: InputTask): Promise<void> {
    const { interfaces } = this;
    const { reading } = this.metering;
    const through = (source: PeekableSource): PeekableSource => {
      source.endAt(octets);
      return source;
    };
    try {
      const reader =
        ring === null
          ? await openCapture(input, interfaces, { ...reading, through })
          : await readerOf(input, this.ringSource(ring), interfaces, reading);
      try {
        await this.read(reader);
      } finally {
        await reader.close();
      }
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
    }
  }

  private async read(reader: CaptureReader): Promise<void> {
    const { metering, selection, pace, start } = this;
    const batch = metering.batch();
    while (this.packets < pace.endAt) {
      const filling = reader.fill();
      if (!(typeof filling === 'boolean' ? filling : await filling)) return;
      while (reader.next(batch) > 0) {
        selection.apply(batch);
        batch.count = Math.min(batch.count, pace.endAt - this.packets);
        batch.firstNumber = this.packets;
        this.packets += batch.count;
        metering.process(batch);
      }
      pace.tell(start.worker, this.packets, metering.liveFlows);
      if (++this.windows === WINDOWS_PER_TELL || pace.isFarAhead(start.worker)) this.tell();
      while (!pace.wait(start.worker, LONGEST_WAIT_MS));
    }
  }

  private ringSource(input: number): PeekableSource {
    const { ring, worker } = this.start;
    return new PeekableSource(new RingSource(ring, worker - 1, input, () => this.tell()));
  }

  /** Hands records over, and waits while there is no room for them. */
  private handOver(closed: ClosedFlows): void {
    for (let row = this.records.offer(closed, 0); row < closed.count; row += this.records.offer(closed, row)) {
      this.records.wait(LONGEST_WAIT_MS);
    }
  }

  /** Tells how far it has come: before anything that it may have to wait for, since others may wait for that. */
  private tell(): void {
    if (this.told === this.packets) return;
    this.metering.deliver();
    this.records.tell(this.packets);
    this.send(null);
    this.told = this.packets;
    this.windows = 0;
  }

  private send(counts: MeteringCounts | null): void {
    const message: WorkerMessage = { counted: this.metering.counted(), counts };
    this.start.port.postMessage(message);
  }
}

const start = workerData as WorkerStart;
runToEnd(loadInspection(start.settings).then((inspection) => new MeteringWorker(start, inspection).run()));
