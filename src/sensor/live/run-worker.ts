import { getHeapStatistics } from 'node:v8';
import { setTimeout as sleep } from 'node:timers/promises';
import { receiveMessageOnPort } from 'node:worker_threads';

import { CaptureError, errorText } from '../../capture/capture-error.js';
import { InterfaceTable } from '../../capture/interface-table.js';
import { openLive } from '../../capture/live/backends.js';
import type { LiveCapture } from '../../capture/live-capture.js';
import { BATCH_CAPACITY, PacketBatch } from '../../capture/packet-batch.js';
import type { ClosedFlows } from '../../flow/closed-flows.js';
import { loadInspection } from '../inspection.js';
import { RecordCounts } from '../record-counts.js';
import { ClosedRingWriter } from '../closed-ring.js';
import { CounterPage, type InterfaceNumbers } from './counter-page.js';
import { WAIT_UNTIL_FULLNESS } from './exporting.js';
import { LiveMetering } from './live-metering.js';
import { monotonicMs } from './monotonic.js';
import { QueueReader } from './queue-reader.js';
import { warmUp } from './warm-up.js';
import { WorkerJobs } from './worker-jobs.js';
import {
  CONTROL_ABANDON,
  CONTROL_COMMANDS,
  CONTROL_STOP,
  type LiveWorkerMessage,
  type LiveWorkerStart,
  type WorkerCommand,
} from './worker-messages.js';

/** How often counters are published and the clock is looked at, beside what packets bring about. */
const TICK_MS = 100;
/** How often the system is asked what it has dropped. */
const COUNT_MS = 1_000;
/** After the stop, packets that had come by then are read on for so long at most. */
const LONGEST_DRAIN_MS = 5_000;
/** After the stop, the system may take so long to hand over packets that had come by then: a block that is not full, 30 ms and some. */
const DELIVERY_MS = 100;
/**
 * At the end, flows are ended so many at a time, each time when the hand-over is not fuller than this: even with the longest
 * metadata, and that of records collected before, a step takes a sixth of it, so outputs that are full are waited for.
 */
const FLOWS_A_STEP = 16;
const FULLEST_FOR_STEP = WAIT_UNTIL_FULLNESS - 1 / 6;
const LOOK_FOR_ROOM_MS = 5;
/** There is work to be gone on with as soon as there is room for the flows that it ends. */
const WAIT_AMONG_WORK_MS = 3;
/**
 * Flows that are looked at between two batches whether they are due: some milliseconds' work, and less when packets wait.
 * However many end at once, the capture is read on, and whoever exports them comes along.
 */
const LOOKS_A_TURN = 4_096;
const LOOKS_AMONG_PACKETS = 1_024;

/**
 * One worker of the sensor: reads its queue of every interface, meters, and hands closed flows over. Whoever exports them may
 * be as slow as he likes: what finds no room is counted, and metering goes on.
 */
class LiveWorker {
  private readonly control: Int32Array;
  private readonly ring: ClosedRingWriter;
  private readonly page: CounterPage;
  private readonly handed = new RecordCounts();
  private readonly lost = new RecordCounts();
  private readonly jobs: WorkerJobs;
  private readonly queues: QueueReader;
  private commandsSeen = 0;
  private nextTickMs = 0;
  private nextCountMs = 0;
  private interfaceCounts: readonly InterfaceNumbers[] = [];
  private heapOctets = 0;
  private busyMs = 0;

  constructor(
    private readonly start: LiveWorkerStart,
    private readonly tell: (message: LiveWorkerMessage) => void,
    private readonly metering: LiveMetering,
    batch: PacketBatch,
    captures: readonly LiveCapture[],
    interfaces: InterfaceTable,
  ) {
    this.control = new Int32Array(start.control);
    this.ring = new ClosedRingWriter(start.ring);
    this.page = new CounterPage(start.page);
    this.jobs = new WorkerJobs(metering, this.ring, captures, tell);
    this.queues = new QueueReader(batch, captures, interfaces, (n, state) =>
      tell({ type: 'state', interface: n, state }),
    );
    tell({ type: 'opened', interfaces: this.queues.opened() });
  }

  /** Meters until told to stop, or all captures have ended; then ends all flows. */
  async run(): Promise<void> {
    const { queues, metering, control } = this;
    let waitMs: number | undefined;
    while (Atomics.load(control, CONTROL_STOP) === 0) {
      if (Atomics.load(control, CONTROL_COMMANDS) !== this.commandsSeen) this.takeCommands();
      const beganMs = performance.now();
      const reading = queues.read(waitMs);
      const count = typeof reading === 'number' ? reading : await reading;
      const nowMs = performance.now();
      if (count > 0) this.process(nowMs);
      else if (queues.wasQuiet) metering.silence(beganMs);
      if (queues.hasEnded) break;
      const isBehind = metering.catchUp();
      const hasJobs = this.jobs.turn(nowMs);
      waitMs = !isBehind && !hasJobs ? undefined : this.ring.hasRoomForMany ? 0 : WAIT_AMONG_WORK_MS;
      if (nowMs >= this.nextTickMs) this.tick(nowMs);
    }
    await this.drain();
    await this.finish();
  }

  private process(nowMs: number): void {
    const { metering, queues } = this;
    if (metering.isOutOfTime(queues.batch, nowMs)) this.lookAtClocks();
    metering.process(queues.batch, nowMs);
    this.busyMs += performance.now() - nowMs;
  }

  /** Reads what had come before the stop. */
  private async drain(): Promise<void> {
    const { queues, metering, control } = this;
    const stopMs = performance.now();
    const stopUs = metering.clock.at(stopMs);
    while (performance.now() - stopMs < LONGEST_DRAIN_MS && Atomics.load(control, CONTROL_ABANDON) === 0) {
      const reading = queues.read();
      const count = typeof reading === 'number' ? reading : await reading;
      if (count > 0) this.process(performance.now());
      else if (queues.hasEnded) return;
      else if (queues.wasQuiet && performance.now() - stopMs >= DELIVERY_MS) return;
      if (count > 0 && queues.batch.timeUs[0] > stopUs) return;
    }
  }

  private async finish(): Promise<void> {
    const steps = this.metering.meter.finishing(FLOWS_A_STEP);
    do await this.room();
    while (steps.next().done !== true);
    this.nextCountMs = 0;
    this.publish(performance.now());
    this.queues.close();
    this.tell({ type: 'done', counts: this.metering.counts() });
  }

  private tick(nowMs: number): void {
    this.nextTickMs = nowMs + TICK_MS;
    this.lookAtClocks();
    this.metering.meter.deliver();
    this.publish(nowMs);
  }

  private lookAtClocks(): void {
    this.metering.tick(performance.now(), Date.now(), performance.now());
  }

  /** Waits for room in the hand-over: at the end no packet is kept waiting by that. */
  private async room(): Promise<void> {
    while (this.ring.fullness > FULLEST_FOR_STEP && Atomics.load(this.control, CONTROL_ABANDON) === 0) {
      await sleep(LOOK_FOR_ROOM_MS);
    }
  }

  /** How many flows may be looked at now whether they are due. */
  mostLooks(): number {
    if (!this.ring.hasRoomForMany) return 0;
    return this.queues.batch.count === BATCH_CAPACITY ? LOOKS_AMONG_PACKETS : LOOKS_A_TURN;
  }

  /** Takes records of flows that have ended. */
  handOver(closed: ClosedFlows): void {
    const row = this.ring.offer(closed, 0);
    this.handed.add(closed, 0, row);
    this.lost.add(closed, row, closed.count);
  }

  private publish(nowMs: number): void {
    if (nowMs >= this.nextCountMs) {
      this.nextCountMs = nowMs + COUNT_MS;
      this.interfaceCounts = this.queues.counts();
      this.heapOctets = getHeapStatistics().used_heap_size;
    }
    const { decode, cache, live, fragmentsUnknown, fragmentOverflow } = this.metering.counts();
    this.page.write({
      packetsReceived: decode.received,
      duplicates: this.metering.duplicates,
      undecodedTunnels: decode.undecodedTunnels,
      flowsCreated: cache.created,
      flowsLive: live,
      flowsPeak: cache.peak,
      fragmentsUnknown,
      fragmentOverflow,
      clockSteps: this.metering.clockSteps,
      heapOctets: this.heapOctets,
      handedFlows: this.handed.flows,
      handedPackets: this.handed.packets,
      handedOctets: this.handed.octets,
      lostFlows: this.lost.flows,
      lostPackets: this.lost.packets,
      lostOctets: this.lost.octets,
      busyMs: this.busyMs,
      latenessMs: this.metering.latenessMs(nowMs),
      beatMs: monotonicMs(),
      ignored: decode.ignored,
      ended: cache.ended,
      interfaces: this.interfaceCounts,
    });
  }

  private takeCommands(): void {
    this.commandsSeen = Atomics.load(this.control, CONTROL_COMMANDS);
    for (;;) {
      const received = receiveMessageOnPort(this.start.commands) as { message: WorkerCommand } | undefined;
      if (received === undefined) return;
      this.jobs.take(received.message, performance.now());
    }
  }
}

/**
 * Runs a worker on this thread, to its end. It leaves the thread to others while it waits for packets, if its back-end lives on the
 * event loop, or for room in the hand-over. Rejects when it fails.
 * @param tell is given what the worker has to say
 */
export async function runWorker(start: LiveWorkerStart, tell: (message: LiveWorkerMessage) => void): Promise<void> {
  const captures: LiveCapture[] = [];
  const interfaces = new InterfaceTable();
  let worker: LiveWorker | null = null;
  try {
    const inspection = await loadInspection(start.metering);
    // Records of the warm-up are for nobody.
    const metering = new LiveMetering(
      start.metering,
      (closed) => worker?.handOver(closed),
      inspection,
      () => worker?.mostLooks() ?? Infinity,
    );
    const batch = new PacketBatch();
    // The engine has compiled the data plane before the first packet comes.
    warmUp(metering, batch, start.metering.idleTimeoutUs);
    for (const options of start.captures) captures.push(openLive(start.backend, options, interfaces));
    worker = new LiveWorker(start, tell, metering, batch, captures, interfaces);
  } catch (error) {
    for (const capture of captures) capture.close();
    tell({ type: 'failed', kind: error instanceof CaptureError ? error.kind : null, message: errorText(error) });
    return;
  }
  try {
    await worker.run();
  } finally {
    // The thread may go on without it.
    for (const capture of captures) capture.close();
    start.commands.close();
  }
}
