import type { DecodedBatch } from '../decode/decoded-batch.js';
import type { HashSeed } from '../decode/flow-key.js';
import { closeFlow } from './close-flows.js';
import { ClosedFlows, type ClosedFlowsSink, METADATA_OCTETS } from './closed-flows.js';
import { Present } from './flow-field.js';
import { FlowCache, type FlowCacheOptions } from './flow-cache.js';
import { EndReason, Extension, Record, State, W } from './flow-record.js';
import { FragmentPorts } from './fragment-ports.js';
import type { Meter } from './meter.js';
import { METERS } from './meters/index.js';

/** Closed records handed over at a time. */
const CLOSED_BLOCK = 512;

export interface FlowMeterOptions extends Omit<FlowCacheOptions, 'extensionWords'> {
  readonly seed: HashSeed;
  readonly meters?: readonly Meter[];
  /** Asked at each move of the clock how many flows may be looked at whether they are due: 0 for none now. Without it, all. */
  readonly mostLooks?: () => number;
}

/** The Metering Process (RFC 5470 §5.2) of one worker: the passes over a batch, one after the other, and the closed records. */
export class FlowMeter {
  readonly cache: FlowCache;
  readonly fragments: FragmentPorts;
  readonly meters: readonly Meter[];
  /** First word of each meter in an extension row. */
  readonly offsets: readonly number[];
  readonly closed: ClosedFlows;
  /** Whether a meter wants to know of flows that end. */
  private readonly isSettling: boolean;
  private readonly mostLooks: () => number;
  /** Sum of what the loading loops loaded; of no use but to keep the loads. */
  private loaded = 0;

  constructor(
    options: FlowMeterOptions,
    private readonly sink: ClosedFlowsSink,
  ) {
    this.fragments = new FragmentPorts(options.seed);
    this.mostLooks = options.mostLooks ?? (() => Infinity);
    this.meters = options.meters ?? METERS;
    this.offsets = meterOffsets(this.meters);
    this.cache = new FlowCache({ ...options, extensionWords: extensionWordsOf(this.meters) });
    this.isSettling = this.meters.some((meter) => 'close' in meter);
    this.closed = new ClosedFlows(this.cache.extensionWords, CLOSED_BLOCK, this.isSettling ? METADATA_OCTETS : 0);
  }

  /** Meters the selected packets of a decoded batch. */
  process(batch: DecodedBatch): void {
    if (batch.fragments > 0) this.fragments.pass(batch);
    const { cache } = this;
    let from = 0;
    // Where the clock passes a tick, what expires does so between the packets before and after.
    for (let j = 0; j < batch.ticks; j++) {
      this.passes(batch, from, batch.tickPlace[j]);
      from = batch.tickPlace[j];
      cache.see(batch.tickLatestUs[j]);
      this.advance(batch.tickTimeUs[j], batch.firstNumber + batch.tickRow[j]);
    }
    this.passes(batch, from, batch.count);
    cache.see(batch.latestUs);
  }

  /** Moves the clock: flows that are due by `nowUs` end, as many as may be looked at now. */
  advance(nowUs: number, number: number): void {
    this.cache.mostLooks = this.mostLooks();
    this.cache.advance(nowUs, number);
    this.handOver();
  }

  /** Flows are due that could not be looked at when the clock moved. */
  get isBehind(): boolean {
    return this.cache.settledUs < this.cache.clockUs;
  }

  /** Goes on with those. */
  catchUp(number: number): void {
    if (!this.isBehind) return;
    this.cache.mostLooks = this.mostLooks();
    this.cache.expireMore(number);
    this.handOver();
  }

  /** Takes other timeouts, and moves the times of all live flows and the clock by `deltaUs`: the wall clock was set. */
  retime(idleTimeoutUs: number, activeTimeoutUs: number, deltaUs: number): void {
    this.cache.retime(idleTimeoutUs, activeTimeoutUs, deltaUs);
    for (const meter of this.meters) meter.retime?.(deltaUs);
  }

  /**
   * Ends the flows of indices `from` to `to` that began before packet `number`, with reason forced: a part of a flush, between
   * two batches.
   * @returns how many
   */
  flushPart(from: number, to: number, number: number): number {
    const { cache } = this;
    const { words, extensionFloats, extensionWords } = cache;
    for (let f = from; f < to; f++) {
      if ((words[(f << Record.Shift) | W.State] & State.Closed) !== 0) continue;
      if (extensionFloats[(f * extensionWords) / 2 + Extension.FirstNumber] >= number) continue;
      cache.endSoon(f, number, EndReason.Forced);
    }
    const ended = cache.closing.length;
    this.handOver();
    return ended;
  }

  /** Copies the live flow of index `f`, without metadata, to `row` of `into`; false when there is none. */
  copyLive(f: number, into: ClosedFlows, row: number): boolean {
    if (f >= this.cache.used || (this.cache.words[(f << Record.Shift) | W.State] & State.Closed) !== 0) return false;
    const { meters, offsets, cache } = this;
    let presence: number = Present.Always;
    for (let m = 0; m < meters.length; m++) presence |= meters[m].present?.(cache, f, offsets[m]) ?? 0;
    closeFlow(cache, f, into, row, presence);
    return true;
  }

  /** Ends all flows and hands over what is left. */
  finish(): void {
    const steps = this.finishing(Infinity);
    while (steps.next().done !== true);
  }

  /** The same, up to `most` flows at each step. */
  *finishing(most: number): Generator<undefined, void> {
    const steps = this.cache.flush(most);
    while (steps.next().done !== true) {
      this.handOver();
      yield;
    }
    this.deliver();
  }

  /** Hands over the closed records collected so far, be they ever so few. */
  deliver(): void {
    if (this.closed.count === 0) return;
    this.sink(this.closed);
    this.closed.clear();
  }

  private passes(batch: DecodedBatch, from: number, to: number): void {
    if (from === to) return;
    const { cache, meters, offsets } = this;
    this.loaded ^= cache.touch(batch, from, to);
    cache.count(batch, from, to);
    for (let m = 0; m < meters.length; m++) meters[m].update(batch, from, to, cache, offsets[m]);
    if (cache.closing.length > 0) this.handOver();
  }

  private handOver(): void {
    const { cache, closed } = this;
    const { closing } = cache;
    for (let j = 0; j < closing.length;) {
      const end = Math.min(closing.length, j + closed.capacity - closed.count);
      this.load(j, end);
      for (; j < end; j++) {
        if (closed.isFull) this.deliver();
        const presence = this.isSettling ? this.settle(closing.flows[j], closed.count) : Present.Always;
        closed.positions[closed.count] = closing.positions[j];
        closeFlow(cache, closing.flows[j], closed, closed.count++, presence);
      }
      if (closed.isFull) this.deliver();
    }
    cache.recycle();
  }

  /** Lets the meters that want it settle their words of a flow that ends. Answers the `Present` bits that they add. */
  private settle(flow: number, row: number): number {
    const { meters, offsets, cache, closed } = this;
    let presence: number = Present.Always;
    closed.beginMetadata(row);
    for (let m = 0; m < meters.length; m++) presence |= meters[m].close?.(cache, flow, offsets[m], closed, row) ?? 0;
    return presence;
  }

  /** Loads what `closeFlow` will want of the closing flows `from` to `to`, all cache misses at once. */
  private load(from: number, to: number): void {
    const { words, extension, extensionWords, closing } = this.cache;
    const { flows } = closing;
    let sum = 0;
    for (let j = from; j < to; j++) {
      const r = flows[j] << Record.Shift;
      const e = Math.imul(flows[j], extensionWords);
      sum ^= words[r] ^ words[r | 16] ^ extension[e] ^ extension[e + extensionWords - 1];
    }
    this.loaded ^= sum;
  }
}

/** First word of each meter in an extension row. */
export function meterOffsets(meters: readonly Pick<Meter, 'words'>[]): number[] {
  let next: number = Extension.Words;
  return meters.map((meter) => {
    const offset = next;
    next += meter.words;
    return offset;
  });
}

/** Words of an extension row with these meters. */
export function extensionWordsOf(meters: readonly Pick<Meter, 'words'>[]): number {
  const words = meters.reduce<number>((sum, meter) => sum + meter.words, Extension.Words);
  // Rows begin at whole 64-bit words.
  return (words + 1) & ~1;
}
