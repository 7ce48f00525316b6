import { CaptureError, errorText } from '../../capture/capture-error.js';
import type { LiveCapture } from '../../capture/live-capture.js';
import { ClosedFlows } from '../../flow/closed-flows.js';
import type { ClosedRingWriter } from '../closed-ring.js';
import { type FlowFilter, passes } from './flow-filter.js';
import type { LiveMetering } from './live-metering.js';
import { rightsOfThread } from './privileges.js';
import { Talkers } from './talkers.js';
import type { LiveFlows, LiveWorkerMessage, WorkerCommand } from './worker-messages.js';

/** Flows looked at between two batches, so that metering goes on meanwhile. */
const FLOWS_A_TURN = 4_096;
/** Nobody has asked for so long: talkers are no longer counted. */
const TALKERS_UNTIL_MS = 15_000;
/** Jobs that wait at most; what comes beyond is answered at once with nothing. */
const MOST_JOBS = 16;

type Reply = Extract<LiveWorkerMessage, { type: 'reply' }>;

/** A job that goes through all flows, some at a time; true when it is done. */
type Job = () => boolean;

/** What a worker does on request, beside metering. */
export class WorkerJobs {
  private readonly jobs: Job[] = [];
  private talkersUntilMs = 0;

  constructor(
    private readonly metering: LiveMetering,
    private readonly ring: ClosedRingWriter,
    private readonly captures: readonly LiveCapture[],
    private readonly reply: (reply: Reply) => void,
  ) {}

  take(command: WorkerCommand, nowMs: number): void {
    switch (command.type) {
      case 'timeouts':
        this.metering.setTimeouts(command.idleTimeoutUs, command.activeTimeoutUs);
        return;
      case 'dedup':
        this.metering.setDedup(command.dedupUs);
        return;
      case 'labels':
        this.metering.setRules(command.tables);
        this.reply({ type: 'reply', id: command.id });
        return;
      case 'filter':
        this.reply({ type: 'reply', id: command.id, ...this.setFilter(command.filter) });
        return;
      case 'rights':
        this.reply({ type: 'reply', id: command.id, ...this.changeRights(command.step) });
        return;
      case 'talkers':
        this.metering.talkers ??= new Talkers(this.metering.labels);
        this.talkersUntilMs = nowMs + TALKERS_UNTIL_MS;
        this.reply({ type: 'reply', id: command.id, talkers: this.metering.talkers.take(command.most) });
        return;
      case 'flush':
        if (this.jobs.length < MOST_JOBS) this.jobs.push(this.flush(command.id));
        else this.reply({ type: 'reply', id: command.id, flushed: 0 });
        return;
      case 'flows':
        if (this.jobs.length < MOST_JOBS) this.jobs.push(this.flows(command.id, command.filter, command.limit));
        else this.reply({ type: 'reply', id: command.id });
    }
  }

  /** Goes on with the oldest job; returns whether there is more to do. */
  turn(nowMs: number): boolean {
    if (this.metering.talkers !== null && nowMs > this.talkersUntilMs) this.metering.talkers = null;
    if (this.jobs.length > 0 && this.jobs[0]()) this.jobs.shift();
    return this.jobs.length > 0;
  }

  /** The same filter on every interface; when one refuses it, all that took it before go on with what they are told next. */
  private setFilter(filter: string | null): { readonly error?: string } {
    try {
      for (const capture of this.captures) capture.setFilter(filter);
      return {};
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      return { error: error.message };
    }
  }

  private changeRights(step: 'keep' | 'limit'): { readonly error?: string } {
    try {
      rightsOfThread(step);
      return {};
    } catch (error) {
      return { error: errorText(error) };
    }
  }

  private flush(id: number): Job {
    const { meter } = this.metering;
    const number = this.metering.number;
    let flow = 1;
    let flushed = 0;
    return () => {
      if (!this.ring.hasRoomForMany) return false;
      const to = Math.min(meter.cache.used, flow + FLOWS_A_TURN);
      flushed += meter.flushPart(flow, to, number);
      flow = to;
      if (flow < meter.cache.used) return false;
      meter.deliver();
      this.reply({ type: 'reply', id, flushed });
      return true;
    };
  }

  private flows(id: number, filter: FlowFilter, limit: number): Job {
    const { meter } = this.metering;
    const found = new ClosedFlows(meter.cache.extensionWords, limit);
    const one = new ClosedFlows(meter.cache.extensionWords, 1);
    let flow = 1;
    let more = 0;
    return () => {
      const to = Math.min(meter.cache.used, flow + FLOWS_A_TURN);
      for (; flow < to; flow++) {
        if (!meter.copyLive(flow, one, 0) || !passes(filter, one.words, 0)) continue;
        if (found.count === limit) more++;
        else found.words.set(one.words, found.count++ * found.stride);
      }
      if (flow < meter.cache.used) return false;
      const flows: LiveFlows = { words: found.words.slice(0, found.count * found.stride), count: found.count, more };
      this.reply({ type: 'reply', id, flows });
      return true;
    };
  }
}
