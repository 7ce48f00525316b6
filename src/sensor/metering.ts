import { availableParallelism } from 'node:os';
import { createWindow, type ReadOptions } from '../capture/capture-reader.js';
import type { PeekableSource } from '../capture/octet-source.js';
import { BATCH_CAPACITY, PacketBatch } from '../capture/packet-batch.js';
import { BatchDecoder } from '../decode/decode-batch.js';
import type { DecodeCounters } from '../decode/decode-counters.js';
import { DecodedBatch } from '../decode/decoded-batch.js';
import type { DecodeSettings } from '../decode/decode-settings.js';
import type { DpiCounts } from '../dpi/dpi-counters.js';
import type { Inspector } from '../dpi/inspector.js';
import type { OptionalMeters } from '../dpi/optional-meters.js';
import type { PayloadCounts } from '../dpi/payload-counters.js';
import type { PayloadMeter } from '../dpi/payload-meter.js';
import type { ClosedFlowsSink } from '../flow/closed-flows.js';
import type { FlowCacheCounters } from '../flow/flow-cache-counters.js';
import { EndReason } from '../flow/flow-record.js';
import { FlowMeter } from '../flow/flow-meter.js';
import { METERS } from '../flow/meters/index.js';
import type { CountedSoFar } from './export-statistics.js';
import { type Inspection, optionalMeters } from './inspection.js';

/** Batches of one worker that the batch of many holds at most. */
const MOST_BATCHES = 4;

export interface MeteringSettings extends OptionalMeters {
  readonly decode: DecodeSettings;
  readonly idleTimeoutUs: number;
  readonly activeTimeoutUs: number;
  readonly maxFlows: number;
}

/** What one thread of metering counted. Plain data, so that it can be sent between threads. */
export interface MeteringCounts {
  readonly decode: DecodeCounters;
  readonly cache: FlowCacheCounters;
  readonly live: number;
  readonly fragmentsUnknown: number;
  readonly fragmentOverflow: number;
  /** Null without deep packet inspection. */
  readonly dpi: DpiCounts | null;
  /** Null without measurement of payload. */
  readonly payload: PayloadCounts | null;
}

/** Something that meters batches: on this thread, or on several. Records come out of it in one order for any number of threads. */
export interface MeteringProcess {
  /** What the octets of an input that is opened now are to go through. */
  through?(source: PeekableSource, input: string): PeekableSource;
  /** For the readers of the inputs, one after the other. */
  readonly reading: ReadOptions;
  /** The batch for more packets; a promise when that is to be waited for. */
  batch(): PacketBatch | Promise<PacketBatch>;
  /** Meters the packets of the batch. */
  process(batch: PacketBatch): void;
  /** Nobody takes records any more: whether the run can end behind `packets` packets. Else it can soon, at `endAt`. */
  mayEnd?(packets: number): boolean;
  /** Number of the packet before which the run is to end; infinite as long as all are to be metered. */
  readonly endAt?: number;
  /** Ends all flows; resolves when all records have been handed over. */
  finish(): Promise<void>;
  /** For people to look at while the run goes on. */
  readonly liveFlows: number;
  /** What has been counted of the packets whose records have been handed over, and perhaps of some behind them. */
  counted(): CountedSoFar;
  /** One for each thread; with several threads there are none before the end. */
  counts(): readonly MeteringCounts[];
}

/** decode → flow on this thread. */
export class Metering implements MeteringProcess {
  readonly reading: ReadOptions;
  private readonly decoder: BatchDecoder;
  private readonly meter: FlowMeter;
  private readonly inspector: Inspector | null;
  private readonly payload: PayloadMeter | null;
  private readonly decoded: DecodedBatch;
  private readonly only: PacketBatch;

  /** @param inspection loaded for these settings */
  constructor(settings: MeteringSettings, sink: ClosedFlowsSink, inspection: Inspection | null = null) {
    // The shares of a batch are to be as long as the batch of one alone.
    const { workers } = settings.decode;
    this.reading = { window: createWindow(), mayReadAhead: availableParallelism() > workers };
    const capacity = BATCH_CAPACITY * Math.min(workers, MOST_BATCHES);
    this.decoded = new DecodedBatch(capacity);
    this.only = new PacketBatch(capacity);
    this.decoder = new BatchDecoder(settings.decode);
    const optional = optionalMeters(settings, inspection);
    this.inspector = optional.inspector;
    this.payload = optional.payload;
    const meters = [...METERS, ...optional.meters];
    this.meter = new FlowMeter({ ...settings, batchCapacity: capacity, seed: settings.decode.seed, meters }, sink);
  }

  batch(): PacketBatch {
    return this.only;
  }

  process(batch: PacketBatch): void {
    const { capacity } = this.decoded;
    for (let from = 0; from < batch.count; from += capacity) {
      this.decoder.decode(batch, from, Math.min(batch.count, from + capacity), this.decoded);
      this.meter.process(this.decoded);
      if (this.decoded.answers > 0) this.inspector?.noteAnswers(this.decoded, this.decoded.count);
    }
  }

  /** Hands over the records of flows that have ended by now. */
  deliver(): void {
    this.meter.deliver();
  }

  finish(): Promise<void> {
    this.meter.finish();
    return Promise.resolve();
  }

  get liveFlows(): number {
    return this.meter.cache.size;
  }

  counted(): CountedSoFar {
    const { received, ignored } = this.decoder.counters;
    const { cache, fragments } = this.meter;
    const { created, peak, ended } = cache.counters;
    return {
      packets: { received, ignoredTotal: ignored.reduce((sum, packets) => sum + packets, 0) },
      flows: { created, peak, endReasons: { lackOfResources: ended[EndReason.LackOfResources] } },
      fragments: { portsUnknown: fragments.unknown },
    };
  }

  counts(): readonly MeteringCounts[] {
    const { cache, fragments } = this.meter;
    return [
      {
        decode: this.decoder.counters,
        cache: cache.counters,
        live: cache.size,
        fragmentsUnknown: fragments.unknown,
        fragmentOverflow: fragments.overflow,
        dpi: this.inspector?.counts() ?? null,
        payload: this.payload?.counts() ?? null,
      },
    ];
  }
}
