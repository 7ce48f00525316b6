import { Clock, type DecodedBatch, Fact, Size } from '../decode/decoded-batch.js';
import { ClosingList, positionBefore } from './closing-list.js';
import { type CountPackets, createCountPackets, isNearlyFull } from './count-packets.js';
import { FlowCacheCounters } from './flow-cache-counters.js';
import { FlowOrder } from './flow-order.js';
import { EndReason, F, Record, State, W } from './flow-record.js';
import { FlowRecords, Storage } from './flow-records.js';
import type { FlowStore } from './flow-store.js';
import { FlowTable, match, Match } from './flow-table.js';
import { loadRecords, loadSlots } from './load-flows.js';
import { beginDirections, markMptcp } from './meters/base.js';
import { nextTcpState } from './tcp-state.js';
import { tickAfter, TimingWheel, Wheel } from './timing-wheel.js';
import { createTouchFlows, type TouchFlows } from './touch-flows.js';

export interface FlowCacheOptions {
  /** Hard bound on live flows. */
  readonly maxFlows: number;
  readonly idleTimeoutUs: number;
  readonly activeTimeoutUs: number;
  /** Packets of the largest batch. */
  readonly batchCapacity: number;
  /** Words of an extension row: an even number, `Extension.Words` or more. */
  readonly extensionWords: number;
}

const enum Rule {
  /** Facts of packets that take the slower way through the table. */
  FactsOffRoad = Storage.FactsInScope | Fact.Icmp,
  /** How much eviction looks at before it settles for the best seen, so that its work is bounded whatever stands in the wheel. */
  EvictionLooks = 4_096,
  LooksOfOneThatStays = 64,
  /** Flows taken out of the wheel at a time. */
  ExpiryBlock = 512,
}

/** The passes over the columns of one batch. */
interface Passes {
  readonly batch: DecodedBatch;
  readonly touch: TouchFlows;
  readonly count: CountPackets;
}

/**
 * The flow cache: finds or creates the flow of each packet and settles its life. Rules: docs/architecture.md, "Flow records".
 *
 * Flow 0 is none. A flow that ends goes on the closing list; its index is used again only after `recycle`, so that the
 * meters, which run after the lookup, may still write to it.
 */
export class FlowCache extends FlowRecords implements FlowStore {
  readonly closing: ClosingList;
  readonly counters = new FlowCacheCounters();
  /** Newest packet time, µs. */
  clockUs = -1;
  /** Flows that one move of the clock looks at, whole blocks of them; those left over are due and wait for `expireMore`. */
  mostLooks = Infinity;
  readonly continued: Int32Array;
  continuations = 0;
  private readonly table = new FlowTable();
  private readonly wheel: TimingWheel;
  private readonly expiring = new Int32Array(Rule.ExpiryBlock);
  /** Of those, the ones that are due: `~flow` for their active timeout. */
  private readonly due = new Int32Array(Rule.ExpiryBlock);
  private readonly maxFlows: number;
  private idleUs: number;
  private activeUs: number;
  /** Tick to which the clock jumped, while what is due by then has not yet been taken out. */
  private jumpedTo = 0;
  /** Tick up to which flows are to be taken out. */
  private dueTick = 0;
  private passes: Passes | null = null;
  /** Number of the packet that ends flows now. */
  private position = 0;

  constructor(options: FlowCacheOptions) {
    // Flows that end within a batch keep their index to its end: at most two end with each packet.
    super(options.maxFlows + 2 * options.batchCapacity + 1, options.extensionWords);
    this.maxFlows = options.maxFlows;
    this.idleUs = options.idleTimeoutUs;
    this.activeUs = options.activeTimeoutUs;
    this.wheel = new TimingWheel(this.capacity);
    this.closing = new ClosingList(2 * options.batchCapacity);
    this.continued = new Int32Array(2 * options.batchCapacity);
  }

  /** Live flows. */
  get size(): number {
    return this.table.size;
  }

  /** Finds the flows that may be those of rows `from` to `to`, and loads them: touch-flows.ts. */
  touch(batch: DecodedBatch, from: number, to: number): number {
    this.table.reserve(to - from);
    return this.over(batch).touch(this.table.slots, this.table.mask, from, to);
  }

  /**
   * Settles the life of each packet's flow, in the order of the packets: creates it, moves its times, ends it by timeout,
   * by TCP, or for lack of room; and counts the packet. `touch` came before; what has changed since is looked up anew.
   */
  count(batch: DecodedBatch, from: number, to: number): void {
    if (batch.nanoseconds !== 0) this.nanoseconds = true;
    const nanoseconds = this.nanoseconds ? 1 : 0;
    const { idleUs, activeUs } = this;
    const { count } = this.over(batch);
    let full = 0;
    batch.firsts = 0;
    batch.syns = 0;
    for (let k = count(from, to, -1, idleUs, activeUs, nanoseconds); k < to;) {
      this.compare(batch, k);
      this.settle(batch, k);
      const id = batch.flow[k];
      if (isNearlyFull(this.words[((id >>> 1) << Record.Shift) | (W.Packets + (id & 1))])) full = id >>> 1;
      k = count(k, to, k, idleUs, activeUs, nanoseconds);
    }
    beginDirections(batch, this);
    if (batch.syns > 0) markMptcp(batch, this);
    if (full !== 0) this.endSoon(full, batch.firstNumber + batch.row[to - 1]);
  }

  /** The passes over the columns of `batch`: made once, since it is always the same one. */
  private over(batch: DecodedBatch): Passes {
    if (this.passes?.batch !== batch) {
      const { words, floats } = this;
      const touch = createTouchFlows(batch, words);
      this.passes = { batch, touch, count: createCountPackets(batch, words, floats) };
    }
    return this.passes;
  }

  /** Compares the key of row `k` in full with that of the flow that `touch` found, and adds the direction; flow 0 where it differs. */
  private compare(batch: DecodedBatch, k: number): void {
    const { key, flow, facts } = batch;
    const at = k << Size.KeyShift;
    const ports = key[at | W.Ports];
    const d = match(this.words, flow[k] << Record.Shift, key, at, (ports << 16) | (ports >>> 16));
    flow[k] = ((d & Match.NoMatch) | (facts[k] & Rule.FactsOffRoad)) !== 0 ? 0 : (flow[k] << 1) | d;
  }

  /** Whatever may happen to a flow with row `k`. */
  private settle(batch: DecodedBatch, k: number): void {
    const { words, floats, idleUs, activeUs } = this;
    if (words[((batch.flow[k] >>> 1) << Record.Shift) | W.State] & State.Closed) this.probe(batch, k);
    const f = batch.flow[k] >>> 1;
    if (f === 0) batch.flow[k] = this.create(batch, k, 0) << 1;
    else {
      const t = batch.timeUs[k];
      const ns = batch.timeNs[k];
      const packed = words[(f << Record.Shift) | W.Nanoseconds];
      const idle = t - floats[(f << Record.FloatShift) | F.End] - idleUs;
      const active = t - floats[(f << Record.FloatShift) | F.Start] - activeUs;
      // Strict: a packet exactly one timeout later still belongs. Idle is tested before active.
      if (idle > 0 || (idle === 0 && ns > ((packed >>> 10) & 0x3ff))) {
        this.closeAt(batch, k, f, EndReason.Idle);
        batch.flow[k] = this.create(batch, k, 0) << 1;
      } else if (active > 0 || (active === 0 && ns > (packed & 0x3ff))) {
        this.closeAt(batch, k, f, EndReason.Active);
        const next = this.create(batch, k, State.Continuation);
        batch.flow[k] = next << 1;
        this.continued[2 * this.continuations] = f;
        this.continued[2 * this.continuations++ + 1] = next;
      } else if (this.setTimes(f, batch.flow[k] & 1, t, ns)) {
        // It began earlier than was known, so its active timeout ends earlier.
        this.wheel.remove(f);
        this.place(f);
      }
    }
    if (batch.facts[k] & Fact.TcpFlagsPresent) this.settleTcp(batch, k);
  }

  private settleTcp(batch: DecodedBatch, k: number): void {
    const f = batch.flow[k] >>> 1;
    const w = (f << Record.Shift) | W.State;
    const next = nextTcpState(this.words[w], batch.facts[k], batch.flow[k] & 1);
    if (next < 0) this.closeAt(batch, k, f, EndReason.OfFlow);
    else this.words[w] = next;
  }

  /** Looks row `k` up in the table as it stands now. */
  private probe(batch: DecodedBatch, k: number): void {
    const { slots, mask } = this.table;
    const h = batch.hash[k];
    const at = k << Size.KeyShift;
    const ports = batch.key[at | W.Ports];
    const exchanged = batch.facts[k] & Fact.Icmp ? ports : (ports << 16) | (ports >>> 16);
    batch.flow[k] = 0;
    for (let s = h & mask; slots[2 * s + 1] !== 0; s = (s + 1) & mask) {
      if (slots[2 * s] !== h) continue;
      const f = slots[2 * s + 1];
      const direction = match(this.words, f << Record.Shift, batch.key, at, exchanged);
      if ((direction & Match.NoMatch) !== 0 || !this.sameLayers(f, batch, k)) continue;
      batch.flow[k] = (f << 1) | direction;
      return;
    }
  }

  /** Notes that packets up to `timeUs` have been seen, none of which passed a tick. */
  see(timeUs: number): void {
    if (timeUs > this.clockUs) this.clockUs = timeUs;
  }

  /**
   * Moves the clock to `nowUs` and takes out what has expired: flows idle or active for longer than their timeout. They
   * stand on the closing list then.
   *
   * When the clock jumps by more than the idle timeout, nothing expires before it has moved on from there: one packet with a
   * wrong time stamp shall not end all flows.
   * @param number number of the packet that moved the clock: what expires does so just before it
   */
  advance(nowUs: number, number: number): void {
    if (nowUs <= this.clockUs) return;
    this.position = positionBefore(number);
    const jumps = this.clockUs >= 0 && nowUs - this.clockUs > this.idleUs;
    this.clockUs = nowUs;
    if (this.jumpedTo > this.wheel.tick) this.turn(this.jumpedTo);
    const target = Math.floor(nowUs / Clock.TickUs);
    if (jumps) this.jumpedTo = target;
    else this.turn(target);
    this.closing.sortByFirstNumber(this);
  }

  /** Time up to which all flows that are due have been taken out, µs: the clock, unless `mostLooks` left some. */
  get settledUs(): number {
    return this.wheel.tick < this.dueTick ? this.wheel.tick * Clock.TickUs : this.clockUs;
  }

  /** Goes on with what the last move of the clock left over. */
  expireMore(number: number): void {
    this.position = positionBefore(number);
    this.turn(this.dueTick);
    this.closing.sortByFirstNumber(this);
  }

  /** Turns the wheel towards `target`, as far as `mostLooks` allows. */
  private turn(target: number): void {
    const { wheel, expiring } = this;
    this.dueTick = target;
    // After a long time every slot is visited once, as if all its moments had come.
    if (this.table.size === 0) wheel.tick = target;
    else if (target - wheel.tick > Wheel.WheelSlots) wheel.tick = target - Wheel.WheelSlots;
    const now = target * Clock.TickUs;
    for (let left = this.mostLooks; wheel.tick < target && left > 0;) {
      const n = wheel.take(wheel.tick + 1, expiring);
      if (n < expiring.length) wheel.tick++;
      this.expire(n, now);
      left -= n;
    }
  }

  /**
   * Ends all flows, as at the end of input or on shutdown, in the order of their first packets: reason idle for those that
   * were idle for too long, else `reason`. Each step puts up to `most` of them on the closing list, which is to be recycled
   * before the next.
   */
  *flush(most: number, reason: number = EndReason.Forced): Generator<undefined, void> {
    const { expiring, words } = this;
    const step = Math.min(most, expiring.length);
    const order = new FlowOrder(this, this.table.size);
    // By index, since neighbours come without waiting.
    for (let f = 1; f < this.used; f++) if ((words[(f << Record.Shift) | W.State] & State.Closed) === 0) order.add(f);
    order.sort(new Float64Array(this.table.slots.buffer));
    this.wheel.clear();
    this.table.clear();
    for (let from = 0; from < order.length; from += step) {
      this.endExpiring(order.take(from, expiring, step), reason);
      yield;
    }
  }

  /** Puts the first `n` flows of `expiring`, which are in no table any more, on the closing list. */
  private endExpiring(n: number, reason: number): void {
    const { expiring, words, floats, closing } = this;
    this.loaded ^= loadRecords(this, expiring, n);
    for (let j = 0; j < n; j++) {
      const f = expiring[j];
      const idle = this.clockUs - floats[(f << Record.FloatShift) | F.End] > this.idleUs;
      const why = idle ? EndReason.Idle : reason;
      words[(f << Record.Shift) | W.State] |= why << State.EndReasonShift;
      this.counters.ended[why]++;
      closing.add(f, Infinity);
    }
  }

  /** Ends a live flow with the packet of that number; after reason active (its counters are full) the next packet continues it. */
  endSoon(f: number, number: number, reason: number = EndReason.Active): void {
    this.position = number;
    if ((this.words[(f << Record.Shift) | W.State] & State.Closed) === 0) this.close(f, reason);
  }

  /** Takes other timeouts, and moves the times of all live flows and the clock by `deltaUs`: the wall clock was set. */
  retime(idleUs: number, activeUs: number, deltaUs: number): void {
    const { slots } = this.table;
    this.wheel.clear();
    this.idleUs = idleUs;
    this.activeUs = activeUs;
    if (this.clockUs >= 0) this.clockUs = Math.max(0, this.clockUs + deltaUs);
    this.jumpedTo = 0;
    this.dueTick = 0;
    this.wheel.restart(Math.floor(Math.max(0, this.clockUs) / Clock.TickUs));
    for (let s = 1; s < slots.length; s += 2) {
      if (slots[s] === 0) continue;
      this.moveTimes(slots[s], deltaUs);
      this.place(slots[s]);
    }
  }

  /** Gives the indices on the closing list back. */
  recycle(): void {
    const { closing } = this;
    this.wheel.removeLeaving();
    this.release(closing.flows, closing.length);
    closing.length = 0;
    this.continuations = 0;
  }

  /** Ends those of the first `n` flows of `expiring` that are due by `now`, and places the others anew. */
  private expire(n: number, now: number): void {
    const { expiring, due, floats, idleUs, activeUs } = this;
    this.loaded ^= loadRecords(this, expiring, n);
    let ends = 0;
    for (let j = 0; j < n; j++) {
      const f = expiring[j];
      const idleDue = floats[(f << Record.FloatShift) | F.End] + idleUs;
      const activeDue = floats[(f << Record.FloatShift) | F.Start] + activeUs;
      if (idleDue < now || activeDue < now) due[ends++] = idleDue < now ? f : ~f;
      else this.wheel.place(f, tickAfter(idleDue < activeDue ? idleDue : activeDue));
    }
    this.loaded ^= loadSlots(this, this.table, due, ends);
    for (let j = 0; j < ends; j++) this.end(due[j] ^ (due[j] >> 31), due[j] > 0 ? EndReason.Idle : EndReason.Active);
  }

  /** What was loaded; of no use but to keep the loads. */
  private loaded = 0;

  private create(batch: DecodedBatch, i: number, state: number): number {
    this.position = batch.firstNumber + batch.row[i];
    while (this.table.size >= this.maxFlows) this.evict();
    const f = this.begin(batch, i, state);
    this.table.insert(batch.hash[i], f);
    this.place(f);
    this.counters.created++;
    if (this.table.size > this.counters.peak) this.counters.peak = this.table.size;
    return f;
  }

  /** Puts flow `f` into the wheel where it could first expire. */
  private place(f: number): void {
    const idleDue = this.floats[(f << Record.FloatShift) | F.End] + this.idleUs;
    const activeDue = this.floats[(f << Record.FloatShift) | F.Start] + this.activeUs;
    this.wheel.place(f, tickAfter(idleDue < activeDue ? idleDue : activeDue));
  }

  /** Ends the flow nearest to its idle expiry (to the wheel's tick), within a bounded search. */
  private evict(): void {
    const { wheel, floats, idleUs, activeUs } = this;
    let victim = 0;
    let oldest = Infinity;
    let f = wheel.earliestFlow();
    for (let looks = 0; f !== 0 && looks < Rule.EvictionLooks; f = wheel.nextFlow()) {
      const end = floats[(f << Record.FloatShift) | F.End];
      if (end < oldest) {
        oldest = end;
        victim = f;
      }
      if (tickAfter(end + idleUs) <= wheel.foundTick) break;
      // It stands here for its active timeout: of those only so many are looked at. Or it was placed when it was younger: on
      // to where it belongs now, a move that each flow makes once.
      if (tickAfter(floats[(f << Record.FloatShift) | F.Start] + activeUs) <= wheel.foundTick) {
        looks += Rule.LooksOfOneThatStays;
      } else {
        looks++;
        wheel.remove(f);
        this.place(f);
      }
    }
    this.close(victim, EndReason.LackOfResources);
  }

  /** Ends flow `f` because of row `k`. */
  private closeAt(batch: DecodedBatch, k: number, f: number, reason: number): void {
    this.position = batch.firstNumber + batch.row[k];
    this.close(f, reason);
  }

  private close(f: number, reason: number): void {
    this.wheel.removeSoon(f);
    this.end(f, reason);
  }

  /** Takes a flow that no longer stands in the wheel out of the table and puts it on the closing list. */
  private end(f: number, reason: number): void {
    const r = f << Record.Shift;
    this.table.remove(this.words[r | W.Hash], f);
    this.words[r | W.State] |= reason << State.EndReasonShift;
    this.counters.ended[reason]++;
    this.closing.add(f, this.position);
  }
}
