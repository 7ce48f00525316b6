import { Worker } from 'node:worker_threads';
import { createDecodeSettings, type DecodeOptions, type DecodeSettings } from '../decode/decode-settings.js';
import { createHashSeed } from '../decode/flow-key.js';
import { partition } from '../decode/partition.js';
import { optionalLayouts } from '../dpi/optional-layouts.js';
import { type ClosedFlowsSink, METADATA_OCTETS } from '../flow/closed-flows.js';
import { extensionWordsOf } from '../flow/flow-meter.js';
import { METERS } from '../flow/meters/index.js';
import type { CountedSoFar } from './export-statistics.js';
import type { MeteringCounts, MeteringProcess, MeteringSettings, MeteringSlot } from './metering.js';
import type { WorkerMessage, WorkerStart } from './metering-worker.js';
import { shareOf } from './memory-share.js';
import { RecordMerge } from './record-merge.js';
import { allocateSharedSlots, SlotWriter } from './shared-slots.js';

export interface ParallelMeteringOptions extends Omit<MeteringSettings, 'decode'> {
  readonly decode: DecodeOptions;
  readonly workers: number;
}

/**
 * decode → flow on several threads that share nothing but the packets: each has the flows of its share of the address pairs,
 * so that fragments stay with their flow, and a share of the bound on flows.
 */
export class ParallelMetering implements MeteringProcess {
  private readonly decode: DecodeSettings;
  private readonly writer: SlotWriter;
  private readonly merge: RecordMerge;
  private readonly done: Promise<MeteringCounts[]>;
  private result: readonly MeteringCounts[] = [];
  /** What each worker said last. */
  private readonly said = new Map<number, CountedSoFar>();

  constructor(options: ParallelMeteringOptions, sink: ClosedFlowsSink) {
    const { workers } = options;
    const memory = allocateSharedSlots(workers);
    const seed = createHashSeed();
    this.decode = createDecodeSettings({ ...options.decode, seed, workers });
    this.writer = new SlotWriter(memory, workers);
    const { dpi = null, payload = null } = options;
    const optional = optionalLayouts({ dpi, payload });
    const metadataOctets = optional.length === 0 ? 0 : METADATA_OCTETS;
    this.merge = new RecordMerge(workers, extensionWordsOf([...METERS, ...optional]), sink, metadataOctets);
    const running = Array.from({ length: workers }, (_, worker) => {
      const settings: MeteringSettings = {
        idleTimeoutUs: options.idleTimeoutUs,
        activeTimeoutUs: options.activeTimeoutUs,
        maxFlows: Math.max(1, Math.floor(options.maxFlows / workers)),
        decode: createDecodeSettings({ ...options.decode, seed, workers, worker }),
        dpi: shareOf(dpi, workers),
        payload: shareOf(payload, workers),
      };
      return this.start({ worker, settings, memory });
    });
    this.done = Promise.all(running);
    // Awaited in `finish`; a worker that fails before shall not end the process without a word.
    this.done.catch(() => undefined);
  }

  slot(): MeteringSlot | Promise<MeteringSlot> {
    const slot = this.writer.next();
    return slot instanceof Promise ? Promise.race([slot, this.failure()]) : slot;
  }

  process(slot: MeteringSlot): void {
    partition(slot.batch, this.decode);
    this.writer.commit(slot);
  }

  async finish(): Promise<void> {
    this.writer.end();
    this.result = await this.done;
  }

  get liveFlows(): number {
    return this.writer.liveFlows;
  }

  counted(): CountedSoFar {
    const all = [...this.said.values()];
    const sum = (of: (each: CountedSoFar) => number): number => all.reduce((total, each) => total + of(each), 0);
    // Every worker looks at every packet; records are handed over as far as the last of them has come.
    const last = all.reduce<CountedSoFar['packets'] | null>(
      (least, { packets }) => (least === null || packets.received < least.received ? packets : least),
      null,
    );
    return {
      packets: last ?? { received: 0, ignoredTotal: 0 },
      flows: {
        created: sum(({ flows }) => flows.created),
        peak: sum(({ flows }) => flows.peak),
        endReasons: { lackOfResources: sum(({ flows }) => flows.endReasons.lackOfResources) },
      },
      fragments: { portsUnknown: sum(({ fragments }) => fragments.portsUnknown) },
    };
  }

  counts(): readonly MeteringCounts[] {
    return this.result;
  }

  /** Never resolves; rejects when a worker fails, so that the reader does not wait for it for ever. */
  private async failure(): Promise<never> {
    await this.done;
    return new Promise<never>(() => undefined);
  }

  private start(data: WorkerStart): Promise<MeteringCounts> {
    return new Promise((resolve, reject) => {
      const thread = new Worker(new URL('./metering-worker.js', import.meta.url), { workerData: data });
      thread.on('message', (message: WorkerMessage) => {
        this.said.set(data.worker, message.counted);
        this.merge.add(data.worker, message.blocks, message.progress);
        if (message.counts !== null) resolve(message.counts);
      });
      thread.on('error', reject);
    });
  }
}
