import { BATCH_CAPACITY, type PacketBatch } from '../../capture/packet-batch.js';
import { BatchDecoder } from '../../decode/decode-batch.js';
import { DecodedBatch } from '../../decode/decoded-batch.js';
import type { DecodeSettings } from '../../decode/decode-settings.js';
import { DuplicateFilter } from '../../decode/duplicate-filter.js';
import { DpiWord } from '../../dpi/flow-state.js';
import type { Inspector } from '../../dpi/inspector.js';
import type { OptionalMeters } from '../../dpi/optional-meters.js';
import type { PayloadMeter } from '../../dpi/payload-meter.js';
import type { RuleTables } from '../../dpi/rules/rule-tables.js';
import type { ClosedFlowsSink } from '../../flow/closed-flows.js';
import { FlowMeter } from '../../flow/flow-meter.js';
import { METERS } from '../../flow/meters/index.js';
import { type Inspection, optionalMeters } from '../inspection.js';
import type { MeteringCounts } from '../metering.js';
import type { LabelPlace, Talkers } from './talkers.js';
import { SMALLEST_STEP_MS, WallClockSteps, WireClock } from './wire-clock.js';

export interface LiveMeteringOptions extends Required<OptionalMeters> {
  readonly decode: DecodeSettings;
  readonly idleTimeoutUs: number;
  readonly activeTimeoutUs: number;
  readonly maxFlows: number;
  /** Number of the first packet: flow ids are unique over all workers. */
  readonly firstNumber: number;
  /** Packets seen twice within this time count once; 0: every time. */
  readonly dedupUs: number;
  /** Keep the nanoseconds of time stamps, which cost time for every packet. */
  readonly nanoseconds: boolean;
}

/** How far the clock stays behind the present while the wire is silent: packets may lie in the kernel's buffers that long. */
const SILENCE_MARGIN_MS = 250;
/** For this long after the wall clock was set, packets are looked at whether their time stamps follow it. */
const STEP_WATCH_MS = 10_000;

/**
 * decode → flow of one live worker. The clock is packet time; while no packets come it goes on by the monotonic clock, so
 * that flows end on time. When the wall clock is set, and time stamps with it, live flows keep their age: their times are
 * moved along.
 */
export class LiveMetering {
  clock = new WireClock();
  /** When somebody watches: who talks. */
  talkers: Talkers | null = null;
  /** Times that the clock of the packets was set, and the sum of all steps, µs. */
  clockSteps = 0;
  /** Packets left out because they had been seen before. */
  duplicates = 0;
  readonly meter: FlowMeter;
  private readonly inspector: Inspector | null;
  private readonly payload: PayloadMeter | null;
  private dedup: DuplicateFilter | null = null;
  private readonly decoder: BatchDecoder;
  private readonly decoded = new DecodedBatch(BATCH_CAPACITY);
  private readonly steps = new WallClockSteps();
  private idleUs: number;
  private activeUs: number;
  private nextNumber: number;
  /** A step of the wall clock that time stamps may follow, µs, and until when that is looked for. */
  private pendingUs = 0;
  private pendingUntilMs = 0;

  /**
   * @param inspection loaded for these options
   * @param mostLooks how many flows may be looked at now whether they are due; the others stay live for a while longer
   */
  constructor(
    private readonly options: LiveMeteringOptions,
    sink: ClosedFlowsSink,
    inspection: Inspection | null = null,
    mostLooks: () => number = () => Infinity,
  ) {
    this.decoder = new BatchDecoder(options.decode);
    const optional = optionalMeters(options, inspection);
    this.inspector = optional.inspector;
    this.payload = optional.payload;
    const meters = [...METERS, ...optional.meters];
    const { seed } = options.decode;
    this.meter = new FlowMeter({ ...options, batchCapacity: BATCH_CAPACITY, seed, meters, mostLooks }, sink);
    this.idleUs = options.idleTimeoutUs;
    this.activeUs = options.activeTimeoutUs;
    this.nextNumber = options.firstNumber;
    this.setDedup(options.dedupUs);
  }

  /** Tells the time: the monotonic clock read before and after the wall clock, ms. To be called at least once a second. */
  tick(beforeMs: number, wallMs: number, afterMs: number): void {
    const stepUs = this.steps.check(beforeMs, wallMs, afterMs);
    if (stepUs === 0) return;
    this.pendingUs += stepUs;
    this.pendingUntilMs = afterMs + STEP_WATCH_MS;
  }

  /**
   * Whether the packets of a batch read at monotonic `nowMs` are stamped as if the wall clock had been set: then `tick` comes
   * before `process`.
   */
  isOutOfTime(batch: PacketBatch, nowMs: number): boolean {
    const expectedUs = this.clock.at(nowMs);
    const lastUs = batch.timeUs[batch.count - 1];
    return !(
      Math.abs(batch.latestUs - expectedUs) < SMALLEST_STEP_MS * 1_000 &&
      Math.abs(lastUs - expectedUs) < SMALLEST_STEP_MS * 1_000
    );
  }

  /** Meters the packets of a batch that was read at monotonic `nowMs`. */
  process(batch: PacketBatch, nowMs: number): void {
    if (this.dedup !== null) this.duplicates += this.dedup.apply(batch);
    batch.firstNumber = this.nextNumber;
    this.nextNumber += batch.count;
    if (!this.options.nanoseconds) batch.timeNs.fill(0, 0, batch.count);
    let from = 0;
    if (this.pendingUs !== 0) from = this.followStep(batch, nowMs);
    this.passes(batch, from, batch.count);
    this.clock.note(from === 0 ? batch.latestUs : latestFrom(batch, from), nowMs);
  }

  /** No packet had come by monotonic `nowMs`: flows that are due end all the same. */
  silence(nowMs: number): void {
    this.meter.advance(Math.floor(this.clock.at(nowMs - SILENCE_MARGIN_MS)), this.nextNumber);
  }

  /** Ends more of the flows that are due, where not all could be looked at; returns whether there are still some. */
  catchUp(): boolean {
    this.meter.catchUp(this.nextNumber);
    return this.meter.isBehind;
  }

  /** How far the ends of flows are behind the packets' clock, ms: by so much timeouts are late. */
  latenessMs(nowMs: number): number {
    const { clockUs, settledUs } = this.meter.cache;
    return clockUs < 0 ? 0 : Math.max(0, (this.clock.at(nowMs) - settledUs) / 1_000);
  }

  setTimeouts(idleUs: number, activeUs: number): void {
    this.idleUs = idleUs;
    this.activeUs = activeUs;
    this.meter.retime(idleUs, activeUs, 0);
  }

  /** Flows that begin from now on go by these label rules. */
  setRules(tables: RuleTables | null): void {
    this.inspector?.setRules(tables);
  }

  setDedup(dedupUs: number): void {
    this.dedup = dedupUs === 0 ? null : new DuplicateFilter(dedupUs);
  }

  /**
   * Forgets all packets and flows, live ones and counts as well, as if it were new. Their records still go to the sink. What
   * the engine has compiled stays.
   */
  forget(): void {
    const { cache } = this.meter;
    this.meter.finish();
    cache.retime(this.idleUs, this.activeUs, -cache.clockUs);
    cache.clockUs = -1;
    Object.assign(cache.counters, { created: 0, peak: 0 });
    cache.counters.ended.fill(0);
    Object.assign(this.decoder.counters, { received: 0, undecodedTunnels: 0 });
    this.decoder.counters.ignored.fill(0);
    this.decoder.counters.notIpByEtherType.fill(0);
    this.inspector?.forgetCounts();
    this.decoded.tickUs = 0;
    this.clock = new WireClock();
    this.nextNumber = this.options.firstNumber;
    this.duplicates = 0;
    this.setDedup(this.options.dedupUs);
  }

  /** Number that the next packet will have. */
  get number(): number {
    return this.nextNumber;
  }

  /** Where labels stand; null without inspection. */
  get labels(): LabelPlace | null {
    if (this.inspector === null) return null;
    const { cache, offsets } = this.meter;
    // The meter of inspection is the last one.
    return { store: cache, word: offsets[offsets.length - 1] + DpiWord.Application };
  }

  counts(): MeteringCounts {
    const { cache, fragments } = this.meter;
    return {
      decode: this.decoder.counters,
      cache: cache.counters,
      live: cache.size,
      fragmentsUnknown: fragments.unknown,
      fragmentOverflow: fragments.overflow,
      dpi: this.inspector?.counts() ?? null,
      payload: this.payload?.counts() ?? null,
    };
  }

  private passes(batch: PacketBatch, from: number, to: number): void {
    for (let row = from; row < to; row += BATCH_CAPACITY) {
      this.decoder.decode(batch, row, Math.min(to, row + BATCH_CAPACITY), this.decoded);
      this.meter.process(this.decoded);
      if (this.decoded.answers > 0) this.inspector?.noteAnswers(this.decoded, this.decoded.count);
      if (this.talkers !== null) this.talkers.add(this.decoded);
    }
  }

  /** Meters the rows that come before the step of the wall clock, and moves all times when one comes behind it; returns the first row not metered. */
  private followStep(batch: PacketBatch, nowMs: number): number {
    const { clockUs } = this.meter.cache;
    const stepUs = this.pendingUs;
    let row = 0;
    while (row < batch.count && !isBehindStep(batch.timeUs[row] - clockUs, stepUs)) row++;
    if (row === batch.count) {
      // These packets are stamped by some other clock, or were in the kernel's buffer when the clock was set.
      if (nowMs > this.pendingUntilMs) this.pendingUs = 0;
      return 0;
    }
    this.passes(batch, 0, row);
    this.pendingUs = 0;
    this.clockSteps++;
    this.clock.shift(stepUs);
    this.meter.retime(this.idleUs, this.activeUs, stepUs);
    this.decoded.tickUs = 0;
    return row;
  }
}

/** Latest time of the rows from `from` on, µs. */
function latestFrom(batch: PacketBatch, from: number): number {
  let latestUs = 0;
  for (let row = from; row < batch.count; row++) latestUs = Math.max(latestUs, batch.timeUs[row]);
  return latestUs;
}

/** Whether a time that lies `distanceUs` after the clock is nearer to where the clock would be after the step. */
function isBehindStep(distanceUs: number, stepUs: number): boolean {
  return Math.abs(distanceUs - stepUs) < Math.abs(distanceUs);
}
