import type { CaptureState } from '../capture/live-capture.js';
import { keysOf, type LiveSettings } from '../config/live-settings.js';
import { createOutput } from '../export/create-output.js';
import type { Output } from '../export/output.js';
import type { OutputDefaults } from '../export/output-request.js';
import { parseOutput } from '../export/output-spec.js';
import type { ExportStatistics } from '../export/options/statistics-record.js';
import type { LiveStatus, TopStatus } from '../observe/live-status.js';
import type { Log } from '../observe/logger.js';
import { DrainTime } from './live/drain-time.js';
import { Exporting } from './live/exporting.js';
import type { FlowFilter } from './live/flow-filter.js';
import { type FlowDump, joinFlows, joinTalkers } from './live/join-answers.js';
import { finalLedger, lostFlows, runningLedger } from './live/live-ledger.js';
import { liveKnowledge } from './live/live-knowledge.js';
import { liveStatus, type LiveState } from './live/live-status.js';
import { becomeUser } from './live/become-user.js';
import { startWorkers } from './live/start-workers.js';
import { TimerLateness } from './live/timer-lateness.js';
import type { User } from './live/privileges.js';
import type { OpenedInterface } from './live/worker-messages.js';
import type { WorkerHandle } from './live/worker-handle.js';
import { exportStatistics } from './export-statistics.js';
import { inspectedBy, type Inspection, loadInspection } from './inspection.js';
import type { MeteringCounts } from './metering.js';

/** How often closed flows are fetched: sooner while many end, and at the end, when workers wait for room. */
const PUMP_MS = 50;
const PUMP_SOON_MS = 3;
/** How often outputs do what is due. */
const TICK_MS = 200;
/** A worker without a sign of life for so long hangs. */
const LONGEST_SILENCE_S = 10;
const MOST_TALKERS = 100;

/** What came of new settings: the keys of those that changed and were taken over, and of those that were not. */
export interface Reloaded {
  readonly taken: readonly string[];
  readonly refused: readonly string[];
}

/** How a run ended. */
export interface LiveEnd {
  readonly status: LiveStatus;
  /** Nothing went wrong that the person should not have wanted. */
  readonly isClean: boolean;
}

/**
 * The sensor: captures, meters and exports until told to stop. Workers capture and meter, a thread each; this thread exports.
 * Neither waits for the other.
 */
export class LiveSensor {
  readonly interfaces: readonly OpenedInterface[];
  private readonly exporting: Exporting;
  private readonly drainTime: DrainTime;
  private readonly lateness = new TimerLateness(TICK_MS);
  private readonly startedMs = performance.now();
  private readonly done: Promise<readonly (MeteringCounts | null)[]>;
  private state: LiveState = 'starting';
  private pumpTimer: NodeJS.Timeout | null = null;
  private tickTimer: NodeJS.Timeout | null = null;
  private statisticsDueMs: number;
  private failed = false;
  private talkersTakenMs = 0;
  private readonly told = new Set<unknown>();

  private constructor(
    private settings: LiveSettings,
    private readonly workers: readonly WorkerHandle[],
    opened: readonly OpenedInterface[],
    private readonly maxFlows: number,
    private readonly inspection: Inspection | null,
    private readonly log: Log,
  ) {
    this.interfaces = opened;
    this.drainTime = new DrainTime(log);
    this.exporting = new Exporting(workers.map(({ ring }) => ring));
    this.statisticsDueMs = performance.now() + settings.statisticsIntervalMs;
    this.done = Promise.all(workers.map((worker, n) => this.ending(worker, n)));
  }

  /** Opens the captures. Rejects with a CaptureError when one cannot be opened; then all are closed again. */
  static async open(settings: LiveSettings, log: Log): Promise<LiveSensor> {
    let sensor: LiveSensor | null = null;
    const inspection = await loadInspection(settings);
    const started = startWorkers(settings, (worker, n, state) => sensor?.captureChanged(worker, n, state));
    const results = await Promise.allSettled(started.workers.map(({ opened }) => opened));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) {
      for (const worker of started.workers) worker.abandon();
      throw failure.reason;
    }
    const [first] = await Promise.all(started.workers.map(({ opened }) => opened));
    sensor = new LiveSensor(settings, started.workers, first, started.maxFlows, inspection, log);
    return sensor;
  }

  /** Goes on as that user; the threads that capture keep the right to. Rejects when that is not possible. */
  async becomeUser(user: User): Promise<void> {
    await becomeUser(user, this.workers);
  }

  /** Opens the outputs and begins to export. Rejects with a RangeError or an OutputError when one cannot be opened. */
  async begin(): Promise<void> {
    this.exporting.outputs = await this.openOutputs(this.settings.outputs, this.settings);
    this.state = 'running';
    this.pump();
    this.tickTimer = setInterval(() => this.tick(), TICK_MS);
  }

  /** Runs until `stop`, or until all captures have ended; drains everything and closes the outputs. */
  async run(): Promise<LiveEnd> {
    const counts = await this.done;
    // Captures may have come to their ends by themselves.
    if (this.state !== 'draining') this.beginDraining();
    clearTimeout(this.pumpTimer ?? undefined);
    await this.drainTime.spendOn('handing over', () => this.exporting.pumpAll());
    clearInterval(this.tickTimer ?? undefined);
    const complete = counts.filter((each) => each !== null);
    const ledger =
      complete.length === counts.length
        ? finalLedger(complete, this.counters(), lostFlows(this.exporting.exported), lostFlows(this.exporting.noOutput))
        : this.runningLedger();
    const missed = this.missed(this.status());
    const statistics = exportStatistics(ledger, this.uptimeSeconds, missed);
    await this.drainTime.spendOn('closing the outputs', (isOver) =>
      Promise.all(this.exporting.outputs.map((output) => output.finish(statistics, isOver))),
    );
    this.tellFaults();
    const status = { ...this.status(), ledger };
    const hasFault = this.exporting.outputs.some(({ fault }) => fault !== null && fault.code !== 'EPIPE');
    return { status, isClean: !this.drainTime.isExceeded && !this.failed && !hasFault && ledger.balanced };
  }

  /** Stops the capture; `run` ends when everything has been exported, or the time for it is over. */
  stop(): void {
    if (this.state === 'draining') return;
    this.beginDraining();
    for (const worker of this.workers) worker.stop();
    setTimeout(() => this.abandon(), this.settings.drainTimeoutMs).unref();
  }

  /**
   * Takes over new settings without losing a flow. Rejects, with everything as before, when a new output cannot be opened.
   */
  async reload(next: LiveSettings): Promise<Reloaded> {
    const changed = (Object.keys(next) as (keyof LiveSettings)[]).filter(
      (key) => JSON.stringify(next[key]) !== JSON.stringify(this.settings[key]),
    );
    const taken: (keyof LiveSettings)[] = [];
    const has = (...keys: (keyof LiveSettings)[]): boolean => {
      const mine = keys.filter((key) => changed.includes(key));
      taken.push(...mine);
      return mine.length > 0;
    };
    // What may be refused comes first, so that all stays as it was then.
    if (has('filter')) await this.setFilter(next.filter);
    const isEveryOutputNew = has('uniflow', 'time', 'observationDomain');
    if (has('outputs') || isEveryOutputNew) await this.replaceOutputs(next, isEveryOutputNew);
    if (has('idleTimeoutUs', 'activeTimeoutUs')) {
      const { idleTimeoutUs, activeTimeoutUs } = next;
      for (const worker of this.workers) worker.send({ type: 'timeouts', idleTimeoutUs, activeTimeoutUs });
    }
    if (has('labels')) {
      const question = { type: 'labels', tables: next.labels } as const;
      await Promise.all(this.workers.map((worker) => worker.ask(question)));
    }
    if (has('dedupUs')) for (const worker of this.workers) worker.send({ type: 'dedup', dedupUs: next.dedupUs });
    if (has('statisticsIntervalMs')) this.statisticsDueMs = performance.now() + next.statisticsIntervalMs;
    if (has('logLevel')) this.log.level = next.logLevel;
    has('drainTimeoutMs');
    const accepted = Object.fromEntries(taken.map((key) => [key, next[key]]));
    this.settings = { ...this.settings, ...accepted };
    return { taken: keysOf(taken), refused: keysOf(changed.filter((key) => !taken.includes(key))) };
  }

  /** Ends all live flows, with reason forced, while metering goes on; resolves to how many. */
  async flush(): Promise<number> {
    const answers = await Promise.all(this.workers.map((worker) => worker.ask({ type: 'flush' })));
    return answers.reduce((sum, answer) => sum + (answer?.flushed ?? 0), 0);
  }

  /** Live flows that pass the filter, `limit` of them at most. */
  async flows(filter: FlowFilter, limit: number): Promise<FlowDump> {
    const question = { type: 'flows', filter, limit } as const;
    const answers = await Promise.all(this.workers.map((worker) => worker.ask(question)));
    return joinFlows(
      answers.flatMap((answer) => answer?.flows ?? []),
      limit,
      this.settings,
      this.inspection,
    );
  }

  /** The status, and who has talked since the last call. */
  async top(most: number): Promise<TopStatus> {
    const question = { type: 'talkers', most: MOST_TALKERS } as const;
    const answers = await Promise.all(this.workers.map((worker) => worker.ask(question)));
    const now = performance.now();
    const seconds = this.talkersTakenMs === 0 ? 0 : (now - this.talkersTakenMs) / 1_000;
    this.talkersTakenMs = now;
    const joined = joinTalkers(
      answers.flatMap((answer) => answer?.talkers ?? []),
      most,
      this.inspection,
    );
    return { status: this.status(), seconds, ...joined };
  }

  /** Outputs that end their file and begin the next; their names. */
  rotate(): string[] {
    return this.each((output) => output.rotate?.bind(output));
  }

  /** Outputs that send their Templates again; their names. */
  announce(): string[] {
    return this.each((output) => output.announce?.bind(output));
  }

  status(): LiveStatus {
    return liveStatus({
      state: this.state,
      uptimeSeconds: this.uptimeSeconds,
      interfaces: this.interfaces,
      workers: this.workers.map(({ ring }, n) => ({ ring, counters: this.counters()[n] })),
      exporting: this.exporting,
      ledger: this.runningLedger(),
      maxFlows: this.maxFlows,
      timerLatenessMs: this.lateness.largestMs,
    });
  }

  /** What is wrong with the process itself; null when nothing is. */
  get unhealthy(): string | null {
    const { workers } = this.status();
    const hung = workers.find(({ secondsSinceSign }) => secondsSinceSign > LONGEST_SILENCE_S);
    if (this.failed) return 'a worker has failed';
    return hung === undefined || this.state !== 'running'
      ? null
      : `worker ${hung.worker} has been silent for ${Math.round(hung.secondsSinceSign)} s`;
  }

  /** Why it does not do its work; null when it does. */
  get unready(): string | null {
    if (this.state !== 'running') return `the sensor is ${this.state}`;
    const { interfaces, outputs } = this.status();
    const down = interfaces.filter(({ up }) => !up).map(({ name }) => `interface ${name} is down`);
    const failing = outputs.filter(({ up }) => !up).map(({ name }) => `output ${name} is down`);
    return this.unhealthy ?? ([...down, ...failing].join(', ') || null);
  }

  private get uptimeSeconds(): number {
    return (performance.now() - this.startedMs) / 1_000;
  }

  /** Rejects when a capture refuses the filter; then all have the former one. */
  private async setFilter(filter: string | null): Promise<void> {
    const answers = await Promise.all(this.workers.map((worker) => worker.ask({ type: 'filter', filter })));
    const refusal = answers.find((answer) => answer?.error !== undefined)?.error;
    if (refusal === undefined) return;
    const former = { type: 'filter', filter: this.settings.filter } as const;
    await Promise.all(this.workers.map((worker) => worker.ask(former)));
    throw new Error(refusal);
  }

  private counters(): ReturnType<WorkerHandle['counters']>[] {
    return this.workers.map((worker) => worker.counters());
  }

  private runningLedger(): LiveStatus['ledger'] {
    return runningLedger(this.counters(), lostFlows(this.exporting.noOutput));
  }

  private missed({ droppedByKernel, droppedByInterface, notSent }: LiveStatus): { dropped: number; notSent: number } {
    return {
      dropped: droppedByKernel + droppedByInterface,
      notSent: notSent.handOverFull.packets + notSent.noOutput.packets,
    };
  }

  /** What has been counted up to now. */
  private statistics(): ExportStatistics {
    const status = this.status();
    return exportStatistics(status.ledger, status.uptimeSeconds, this.missed(status));
  }

  private each(actionOf: (output: Output) => (() => void) | undefined): string[] {
    return this.exporting.outputs.flatMap((output) => {
      const action = actionOf(output);
      action?.();
      return action === undefined ? [] : [output.name];
    });
  }

  private pump(): void {
    const { isPressed } = this.exporting;
    const hasMore = this.exporting.pump();
    this.pumpTimer = setTimeout(
      () => this.pump(),
      hasMore ? 0 : isPressed || this.state === 'draining' ? PUMP_SOON_MS : PUMP_MS,
    );
  }

  private tick(): void {
    this.lateness.note(performance.now());
    this.exporting.tick(Date.now());
    this.tellFaults();
    if (performance.now() >= this.statisticsDueMs) {
      this.statisticsDueMs = performance.now() + this.settings.statisticsIntervalMs;
      this.exporting.statistics(this.statistics());
    }
    // A reader of standard output that has seen enough, and nobody else wants records.
    const { outputs } = this.exporting;
    if (outputs.length > 0 && outputs.every(({ error }) => error?.code === 'EPIPE')) this.stop();
  }

  private beginDraining(): void {
    this.state = 'draining';
    clearTimeout(this.pumpTimer ?? undefined);
    this.pumpTimer = setTimeout(() => this.pump(), PUMP_SOON_MS);
    this.drainTime.begin(this.settings.drainTimeoutMs);
  }

  private abandon(): void {
    for (const worker of this.workers) worker.abandon();
    this.drainTime.end();
  }

  /** Resolves to the worker's counts, or null when it failed; then the others end as well. */
  private async ending(worker: WorkerHandle, n: number): Promise<MeteringCounts | null> {
    try {
      return await worker.done;
    } catch (error) {
      this.failed = true;
      this.log.error('worker-failed', `worker ${n} failed: ${error instanceof Error ? error.message : String(error)}`);
      this.stop();
      return null;
    }
  }

  private captureChanged(worker: number, n: number, { kind, message }: CaptureState): void {
    if (worker > 0) return;
    const { name } = this.interfaces[n];
    if (kind === 'up') this.log.info('interface-up', `${name}: is up again`, { interface: name });
    else this.log.warn(`interface-${kind}`, `${name}: ${message}`, { interface: name });
  }

  private async openOutputs(names: readonly string[], settings: LiveSettings): Promise<Output[]> {
    const opened: Output[] = [];
    // All are understood before the first is opened.
    const groups = names.map(parseOutput);
    const { interfaceInKey } = this.settings;
    const defaults: OutputDefaults = {
      ...settings,
      // What a reload does not change.
      interfaceInKey,
      inspected: inspectedBy(this.inspection, this.settings),
      isReplay: false,
      warn: (message) => this.log.warn('output', message),
      statistics: () => this.statistics(),
      ipfix: { knowledge: liveKnowledge(this.interfaces, this.settings, this.inspection) },
    };
    try {
      for (const group of groups) opened.push(await createOutput(group, defaults));
    } catch (error) {
      await this.closeOutputs(opened);
      throw error;
    }
    return opened;
  }

  private async replaceOutputs(next: LiveSettings, isEveryOneNew: boolean): Promise<void> {
    const { outputs } = this.exporting;
    const kept = isEveryOneNew ? [] : outputs.filter(({ name }) => next.outputs.includes(name));
    const fresh = next.outputs.filter((name) => !kept.some((output) => output.name === name));
    const opened = await this.openOutputs(fresh, next);
    this.exporting.outputs = [...kept, ...opened];
    const left = outputs.filter((output) => !kept.includes(output));
    // Slow outputs close while the sensor goes on.
    void this.closeOutputs(left).then(() => this.tellFaultsOf(left));
  }

  private async closeOutputs(outputs: readonly Output[]): Promise<void> {
    const statistics = this.statistics();
    await Promise.all(outputs.map((output) => output.finish(statistics)));
  }

  private tellFaults(): void {
    this.tellFaultsOf(this.exporting.outputs);
  }

  private tellFaultsOf(outputs: readonly Output[]): void {
    for (const { fault } of outputs) {
      if (fault === null || fault.code === 'EPIPE' || this.told.has(fault)) continue;
      this.told.add(fault);
      this.log.error('output-failed', fault.message);
    }
  }
}
