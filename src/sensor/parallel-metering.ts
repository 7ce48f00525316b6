import { setImmediate } from 'node:timers/promises';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { CaptureError } from '../capture/capture-error.js';
import type { ReadOptions } from '../capture/capture-reader.js';
import { PeekableSource } from '../capture/octet-source.js';
import type { PacketBatch } from '../capture/packet-batch.js';
import { createDecodeSettings, type DecodeOptions } from '../decode/decode-settings.js';
import { type HashSeed, shareOfWorker } from '../decode/flow-key.js';
import { optionalLayouts } from '../dpi/optional-layouts.js';
import { type ClosedFlows, type ClosedFlowsSink, METADATA_OCTETS } from '../flow/closed-flows.js';
import { positionBefore } from '../flow/closing-list.js';
import { extensionWordsOf } from '../flow/flow-meter.js';
import { METERS } from '../flow/meters/index.js';
import { allocateClosedRing, BLOCK_METADATA, ClosedRingReader } from './closed-ring.js';
import type { CountedSoFar } from './export-statistics.js';
import type { Inspection } from './inspection.js';
import { Metering, type MeteringCounts, type MeteringProcess, type MeteringSettings } from './metering.js';
import { shareOf } from './memory-share.js';
import type { WorkerMessage, WorkerStart, WorkerTask } from './metering-worker.js';
import { allocateOctetRing, type OctetRingMemory, TeeSource } from './octet-ring.js';
import type { SelectionSettings } from './packet-selection.js';
import { OwnRecords } from './own-records.js';
import { RecordMerge } from './record-merge.js';
import { WorkerPace } from './worker-pace.js';

/** Windows after which this thread merges what there is. */
const WINDOWS_PER_MERGE = 8;
/** Records of each thread that wait for the merge at most, in blocks of 256: a power of two. */
const RECORD_BLOCKS = 32;
/** With metadata, for which each block has five times the room. */
const METADATA_BLOCKS = 16;
const MOMENT_MS = 2;
/**
 * When a thread that is waited for has not moved on for so long, the records of this one wait in more memory than they should,
 * until it can be told whether that thread has failed.
 */
const LONGEST_SILENCE_MS = 2_000;

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
  private readonly own: OwnRecords;
  private readonly merge: RecordMerge;
  private readonly others: Other[];
  /** The input being read, and how many there were with it. */
  private input = '';
  private inputs = 0;
  /** Inputs that have gone through the ring, and whether the one being read does. */
  private ringInputs = 0;
  private isRing = false;
  private packets = 0;
  private windows = 0;
  /** How long `take` waits for a thread that does not move on. */
  private patienceMs = LONGEST_SILENCE_MS;
  /** Why another thread has failed. */
  private failure: Error | null = null;

  /** @param inspection loaded for these settings */
  constructor(options: ParallelMeteringOptions, sink: ClosedFlowsSink, inspection: Inspection | null = null) {
    const { workers, seed, dpi = null, payload = null } = options;
    const { fromUs, toUs, filter, dedupUs } = options;
    const settingsOf = (worker: number): MeteringSettings => ({
      idleTimeoutUs: options.idleTimeoutUs,
      activeTimeoutUs: options.activeTimeoutUs,
      maxFlows: Math.max(1, Math.floor(options.maxFlows * shareOfWorker(worker, workers))),
      decode: createDecodeSettings({ ...options.decode, seed, workers, worker }),
      dpi: shareOf(dpi, workers),
      payload: shareOf(payload, workers),
    });
    const optional = optionalLayouts({ dpi, payload });
    const extensionWords = extensionWordsOf([...METERS, ...optional]);
    const hasMetadata = optional.length > 0;
    const blocks = hasMetadata ? METADATA_BLOCKS : RECORD_BLOCKS;
    this.ring = allocateOctetRing(workers - 1);
    const pace = WorkerPace.allocate(workers);
    this.pace = new WorkerPace(workers, pace);
    const selection = { fromUs, toUs, filter, dedupUs };
    this.others = Array.from({ length: workers - 1 }, (_, n) => {
      const worker = n + 1;
      const { port1, port2 } = new MessageChannel();
      const settings = settingsOf(worker);
      const records = allocateClosedRing(extensionWords, hasMetadata, blocks);
      this.start({ worker, workers, settings, selection, seed, pace, ring: this.ring, records, port: port2 });
      return { records: new ClosedRingReader(records), port: port1, counted: null, counts: null };
    });
    this.own = new OwnRecords(extensionWords, blocks, hasMetadata ? BLOCK_METADATA : 0);
    const sources = [this.own, ...this.others.map(({ records }) => records)];
    this.merge = new RecordMerge(sources, extensionWords, sink, hasMetadata ? METADATA_OCTETS : 0);
    this.metering = new Metering(settingsOf(0), (closed) => this.take(closed), inspection);
  }

  through(source: PeekableSource, input: string): PeekableSource {
    this.input = input;
    this.inputs++;
    this.isRing = source.isPlainFile !== true;
    const octets = source.octetsTotal ?? Infinity;
    if (!this.isRing) source.endAt(octets);
    const task: WorkerTask = { input, first: this.packets, ring: this.isRing ? this.ringInputs++ : null, octets };
    for (const { port } of this.others) port.postMessage(task);
    return this.isRing ? new PeekableSource(new TeeSource(source, this.ring, () => this.meanwhile())) : source;
  }

  /** Throws a `CaptureError` when another thread has come to the end of an input before this one. */
  batch(): PacketBatch | Promise<PacketBatch> {
    const { pace, metering, own } = this;
    this.check();
    pace.tell(0, this.packets, metering.liveFlows);
    if (!own.isFull) this.patienceMs = LONGEST_SILENCE_MS;
    const isFarAhead = pace.isFarAhead(0);
    if (++this.windows % WINDOWS_PER_MERGE === 0 || isFarAhead || own.isFull) {
      const needed = this.mergeAll();
      if (isFarAhead || own.isFull) this.checkInput();
      if (own.isFull) this.waitFor(needed);
    }
    return pace.wait(0, MOMENT_MS) && !own.isFull ? metering.batch() : this.later();
  }

  process(batch: PacketBatch): void {
    this.metering.process(batch);
    this.packets += batch.count;
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
    this.own.progress = Infinity;
    for (let needed = this.merge.merge(); needed >= 0; needed = this.merge.merge()) {
      this.waitFor(needed);
      this.collect();
      await setImmediate();
      this.check();
    }
    this.collect();
  }

  get reading(): ReadOptions {
    return this.metering.reading;
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

  /** Merges all there is. Returns the thread that has to get on before there can be more. */
  private mergeAll(): number {
    this.metering.deliver();
    this.own.progress = positionBefore(this.packets);
    this.collect();
    return this.merge.merge();
  }

  /** Takes records of this thread. Where there is no room for them, the others have to get on, so that they can be merged. */
  private take(closed: ClosedFlows): void {
    const { own, merge } = this;
    let row = own.offer(closed, 0);
    let needed = row < closed.count ? merge.merge() : 0;
    for (let heardMs = performance.now(); row < closed.count;) {
      if (!own.isFull) row += own.offer(closed, row);
      else if (performance.now() - heardMs >= this.patienceMs) {
        this.patienceMs = 0;
        row += own.fill(closed, row);
      } else if (this.waitFor(needed)) {
        heardMs = performance.now();
        needed = merge.merge();
      }
    }
  }

  /** Waits a moment for another thread; false when it has not moved on. */
  private waitFor(needed: number): boolean {
    return needed <= 0 || this.others[needed - 1].records.wait(MOMENT_MS);
  }

  /** While the other threads take their octets. */
  private meanwhile(): void {
    this.check();
    this.mergeAll();
  }

  /** Takes what the other threads have counted. */
  private collect(): void {
    for (const other of this.others) {
      for (;;) {
        const received = receiveMessageOnPort(other.port) as { message: WorkerMessage } | undefined;
        if (received === undefined) break;
        other.counted = received.message.counted;
        other.counts = received.message.counts;
      }
    }
  }

  /** Whoever waits for a thread that has no more to read would wait for ever. */
  private checkInput(): void {
    const { own, pace, inputs, others } = this;
    const isShort = others.some(
      ({ records }, n) => pace.inputsEnded(n + 1) === inputs && records.progress < own.progress,
    );
    if (!isShort) return;
    throw new CaptureError('unreadable', this.input, 'changed while it was read: a thread found fewer packets in it');
  }

  private check(): void {
    if (this.failure !== null) throw this.failure;
  }

  private async later(): Promise<PacketBatch> {
    await setImmediate();
    return this.batch();
  }

  private start(data: WorkerStart): void {
    const thread = new Worker(new URL('./metering-worker.js', import.meta.url), {
      workerData: data,
      transferList: [data.port],
    });
    thread.on('error', (error: Error) => (this.failure ??= error));
    thread.on('exit', (code) => {
      if (code !== 0) this.failure ??= new Error(`a thread that meters has ended with exit code ${code}`);
    });
  }
}

/** Another thread, and what it said last. */
interface Other {
  readonly records: ClosedRingReader;
  readonly port: MessagePort;
  counted: CountedSoFar | null;
  counts: MeteringCounts | null;
}
