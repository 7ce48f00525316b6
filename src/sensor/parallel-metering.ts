import { setImmediate } from 'node:timers/promises';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { PeekableSource } from '../capture/octet-source.js';
import { createDecodeSettings, type DecodeOptions } from '../decode/decode-settings.js';
import type { HashSeed } from '../decode/flow-key.js';
import { optionalLayouts } from '../dpi/optional-layouts.js';
import { type ClosedFlows, type ClosedFlowsSink, METADATA_OCTETS } from '../flow/closed-flows.js';
import { positionBefore } from '../flow/closing-list.js';
import { extensionWordsOf } from '../flow/flow-meter.js';
import { METERS } from '../flow/meters/index.js';
import type { CountedSoFar } from './export-statistics.js';
import type { Inspection } from './inspection.js';
import {
  Metering,
  type MeteringCounts,
  type MeteringProcess,
  type MeteringSettings,
  type MeteringSlot,
} from './metering.js';
import { shareOf } from './memory-share.js';
import type { WorkerMessage, WorkerStart, WorkerTask } from './metering-worker.js';
import { allocateOctetRing, type OctetRingMemory, TeeSource } from './octet-ring.js';
import type { SelectionSettings } from './packet-selection.js';
import { RecordMerge, recordBlockOf } from './record-merge.js';
import { WorkerPace } from './worker-pace.js';

/** Windows after which this thread merges what there is. */
const WINDOWS_PER_MERGE = 8;

export interface ParallelMeteringOptions extends Omit<MeteringSettings, 'decode'>, SelectionSettings {
  readonly decode: DecodeOptions;
  readonly workers: number;
  /** Of the flow keys' hash, and of the selection. */
  readonly seed: HashSeed;
}

/**
 * decode → flow on several threads, of which this one is the first. Each reads all inputs by itself and meters its share of the
 * packets, by their address pairs, so that fragments stay with their flow, with a share of the bound on flows. They share
 * nothing but what can be read only once; this thread merges the records of all.
 */
export class ParallelMetering implements MeteringProcess {
  private readonly metering: Metering;
  private readonly pace: WorkerPace;
  private readonly ring: OctetRingMemory;
  private readonly merge: RecordMerge;
  private readonly others: Other[];
  /** Inputs that have gone through the ring, and whether the one being read does. */
  private ringInputs = 0;
  private isRing = false;
  private packets = 0;
  private windows = 0;
  /** Why another thread has failed. */
  private failure: Error | null = null;

  /** @param inspection loaded for these settings */
  constructor(options: ParallelMeteringOptions, sink: ClosedFlowsSink, inspection: Inspection | null = null) {
    const { workers, seed, dpi = null, payload = null } = options;
    const { fromUs, toUs, filter, dedupUs } = options;
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
    this.ring = allocateOctetRing(workers - 1);
    const pace = WorkerPace.allocate(workers);
    this.pace = new WorkerPace(workers, pace);
    const selection = { fromUs, toUs, filter, dedupUs };
    this.others = Array.from({ length: workers - 1 }, (_, n) => {
      const worker = n + 1;
      const { port1, port2 } = new MessageChannel();
      const settings = settingsOf(worker);
      this.start({ worker, workers, settings, selection, seed, pace, ring: this.ring, port: port2 });
      return { worker, port: port1, counted: null, counts: null };
    });
    const take = (closed: ClosedFlows): void => this.merge.add(0, [recordBlockOf(closed)], this.progress);
    this.metering = new Metering(settingsOf(0), take, inspection);
  }

  through(source: PeekableSource, input: string): PeekableSource {
    this.isRing = source.isPlainFile !== true;
    const octets = source.octetsTotal ?? Infinity;
    if (!this.isRing) source.endAt(octets);
    const task: WorkerTask = { input, ring: this.isRing ? this.ringInputs++ : null, octets };
    for (const { port } of this.others) port.postMessage(task);
    return this.isRing ? new PeekableSource(new TeeSource(source, this.ring, () => this.check())) : source;
  }

  slot(): MeteringSlot | Promise<MeteringSlot> {
    this.check();
    const { pace, metering } = this;
    pace.tell(0, this.packets, metering.liveFlows);
    if (++this.windows % WINDOWS_PER_MERGE === 0) this.mergeAll();
    if (pace.wait(0)) return metering.slot();
    this.mergeAll();
    return this.later();
  }

  process(slot: MeteringSlot): void {
    this.metering.process(slot);
    this.packets += slot.batch.count;
  }

  mayEnd(packets: number): boolean {
    // The others get no more octets than this thread has had.
    if (this.isRing) return true;
    this.pace.endSoon();
    return packets >= this.endAt;
  }

  get endAt(): number {
    return this.pace.endAt;
  }

  async finish(): Promise<void> {
    for (const { port } of this.others) port.postMessage('end' satisfies WorkerTask);
    this.pace.tell(0, Infinity, 0);
    void this.metering.finish();
    this.merge.add(0, [], Infinity);
    for (let ended = false; !ended;) {
      this.check();
      ended = this.pace.waitForAll();
      this.collect();
      await setImmediate();
    }
  }

  get liveFlows(): number {
    return this.pace.liveFlows;
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

  /** Before this position this thread has no more records. */
  private get progress(): number {
    return positionBefore(this.packets);
  }

  private mergeAll(): void {
    this.metering.deliver();
    this.collect();
    this.merge.add(0, [], this.progress);
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

  private async later(): Promise<MeteringSlot> {
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
