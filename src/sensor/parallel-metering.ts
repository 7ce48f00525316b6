import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { setImmediate } from 'node:timers/promises';
import type { SharedRecords } from '../capture/capture-reader.js';
import { createDecodeSettings, type DecodeOptions, type DecodeSettings } from '../decode/decode-settings.js';
import { createHashSeed } from '../decode/flow-key.js';
import { partition } from '../decode/partition.js';
import { optionalLayouts } from '../dpi/optional-layouts.js';
import { shareOf } from '../dpi/optional-meters.js';
import { type ClosedFlowsSink, METADATA_OCTETS } from '../flow/closed-flows.js';
import { extensionWordsOf } from '../flow/flow-meter.js';
import { METERS } from '../flow/meters/index.js';
import type { CountedSoFar } from './export-statistics.js';
import { Metering, type MeteringCounts, type MeteringProcess, type MeteringSettings } from './metering.js';
import type { SharedReading } from './metering.js';
import type { WorkerMessage, WorkerStart } from './metering-worker.js';
import { allocatePacketRing, PacketRing, type RingSlot } from './packet-ring.js';
import { type RecordBlock, RecordMerge, recordBlockOf } from './record-merge.js';
import { RingMetering } from './ring-metering.js';
import { allocateTurns, TurnReading } from './turn-reading.js';

/** Slots after which this thread merges what there is, and after which other work gets a turn. */
const SLOTS_PER_MERGE = 8;
const STEPS_PER_TURN = 256;

export interface ParallelMeteringOptions extends Omit<MeteringSettings, 'decode'> {
  readonly decode: DecodeOptions;
  readonly workers: number;
}

/**
 * decode → flow on several threads, of which this one is the first: each has the flows of its share of the address pairs, so
 * that fragments stay with their flow, and a share of the bound on flows. Packets come to them through a ring (packet-ring.ts).
 */
export class ParallelMetering implements MeteringProcess {
  private readonly decode: DecodeSettings;
  private readonly ring: PacketRing;
  private readonly turns: TurnReading;
  private readonly metering: Metering;
  private readonly self: RingMetering;
  private readonly merge: RecordMerge;
  /** Records of this thread that have not been merged. */
  private blocks: RecordBlock[] = [];
  private mergedAt = 0;
  private readonly others: Other[];
  /** Why another thread has failed. */
  private failure: Error | null = null;

  constructor(options: ParallelMeteringOptions, sink: ClosedFlowsSink) {
    const { workers, dpi = null, payload = null } = options;
    const memory = allocatePacketRing(workers);
    const turns = allocateTurns();
    const seed = createHashSeed();
    const settingsOf = (worker: number): MeteringSettings => ({
      idleTimeoutUs: options.idleTimeoutUs,
      activeTimeoutUs: options.activeTimeoutUs,
      maxFlows: Math.max(1, Math.floor(options.maxFlows / workers)),
      decode: createDecodeSettings({ ...options.decode, seed, workers, worker }),
      dpi: shareOf(dpi, workers),
      payload: shareOf(payload, workers),
    });
    const optional = optionalLayouts({ dpi, payload });
    const metadataOctets = optional.length === 0 ? 0 : METADATA_OCTETS;
    this.merge = new RecordMerge(workers, extensionWordsOf([...METERS, ...optional]), sink, metadataOctets);
    this.others = Array.from({ length: workers - 1 }, (_, n) => {
      const worker = n + 1;
      const { port1, port2 } = new MessageChannel();
      this.start({ worker, settings: settingsOf(worker), ring: memory, turns, port: port2 });
      return { worker, port: port1, counted: null, counts: null };
    });
    const own = settingsOf(0);
    this.decode = own.decode;
    this.ring = new PacketRing(memory);
    this.turns = new TurnReading(turns, this.ring, this.decode);
    this.metering = new Metering(own, (closed) => this.keep(recordBlockOf(closed)));
    this.self = new RingMetering(0, this.ring, this.turns, this.metering);
  }

  slot(): RingSlot | Promise<RingSlot> {
    const { ring } = this;
    for (;;) {
      this.check();
      const { signals } = ring;
      const next = ring.claimed;
      if (ring.hasRoom(next)) return ring.slot(next);
      this.collect();
      if (!ring.wait(signals)) return this.later();
    }
  }

  process({ batch, start, row }: RingSlot): void {
    const { ring } = this;
    const number = ring.claimAlone();
    const { offset, count } = batch;
    for (let i = 0; i < count; i++) offset[i] += start;
    partition(ring.batch, this.decode, row, row + count);
    ring.publish(number, count, batch.firstNumber);
    while (this.self.step());
    this.mergeSometimes();
  }

  share(records: SharedRecords, number: number): SharedReading | null {
    const { turns } = this;
    if (!turns.begin(records, number)) return null;
    return {
      step: () => this.shareStep(),
      stop: () => turns.halt(),
      get packets() {
        return turns.number - number;
      },
      get offset() {
        return turns.offset;
      },
      get odd() {
        return turns.odd;
      },
    };
  }

  async finish(): Promise<void> {
    this.ring.end();
    while (this.self.step());
    void this.metering.finish();
    this.merge.add(0, this.blocks.splice(0), Infinity);
    for (;;) {
      this.check();
      const { signals } = this.ring;
      this.collect();
      if (this.others.every(({ counts }) => counts !== null)) break;
      if (!this.ring.wait(signals)) await setImmediate();
    }
  }

  get liveFlows(): number {
    return this.ring.liveFlows;
  }

  counted(): CountedSoFar {
    const own = this.metering.counted();
    const all = [own, ...this.others.flatMap(({ counted }) => counted ?? [])];
    const sum = (of: (each: CountedSoFar) => number): number => all.reduce((total, each) => total + of(each), 0);
    return {
      // Every worker looks at every packet.
      packets: own.packets,
      flows: {
        created: sum(({ flows }) => flows.created),
        peak: sum(({ flows }) => flows.peak),
        endReasons: { lackOfResources: sum(({ flows }) => flows.endReasons.lackOfResources) },
      },
      fragments: { portsUnknown: sum(({ fragments }) => fragments.portsUnknown) },
    };
  }

  counts(): readonly MeteringCounts[] {
    return [this.metering.counts()[0], ...this.others.flatMap(({ counts }) => counts ?? [])];
  }

  /** This thread's part in shared reading, for a while; false when all is done. */
  private shareStep(): boolean {
    const { ring, turns, self } = this;
    for (let n = 0; n < STEPS_PER_TURN; n++) {
      this.check();
      const { signals } = ring;
      if (self.step()) this.mergeSometimes();
      else if (turns.isOver) {
        ring.close();
        // Nobody claims any more: all that was claimed has been published when this thread has come to its end.
        if (self.done === ring.claimed) return false;
        if (!self.step() && !ring.wait(signals)) return true;
      } else {
        this.collect();
        if (!ring.wait(signals)) return true;
      }
    }
    return true;
  }

  private keep(block: RecordBlock): void {
    this.blocks.push(block);
  }

  private mergeSometimes(): void {
    if (this.self.done - this.mergedAt < SLOTS_PER_MERGE) return;
    this.mergedAt = this.self.done;
    this.metering.deliver();
    this.collect();
    this.merge.add(0, this.blocks.splice(0), this.self.progress);
  }

  /** Takes what the other threads have sent. */
  private collect(): void {
    for (const other of this.others) {
      for (;;) {
        const received = receiveMessageOnPort(other.port) as { message: WorkerMessage } | undefined;
        if (received === undefined) break;
        const { blocks, progress, counted, counts } = received.message;
        other.counted = counted;
        other.counts = counts;
        this.merge.add(other.worker, blocks, progress);
      }
    }
  }

  private check(): void {
    if (this.failure !== null) throw this.failure;
  }

  private async later(): Promise<RingSlot> {
    await setImmediate();
    return this.slot();
  }

  private start(data: WorkerStart): void {
    const thread = new Worker(new URL('./metering-worker.js', import.meta.url), {
      workerData: data,
      transferList: [data.port],
    });
    thread.on('error', (error: Error) => (this.failure ??= error));
  }
}

/** Another thread, and what it said last. */
interface Other {
  readonly worker: number;
  readonly port: MessagePort;
  counted: CountedSoFar | null;
  counts: MeteringCounts | null;
}
