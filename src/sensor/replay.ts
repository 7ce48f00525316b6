import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { CaptureError } from '../capture/capture-error.js';
import type { CaptureReader, InputFault } from '../capture/capture-reader.js';
import { InterfaceTable } from '../capture/interface-table.js';
import { openCapture } from '../capture/open-capture.js';
import type { PeekableSource } from '../capture/octet-source.js';
import { STANDARD_INPUT } from '../capture/open-source.js';
import type { ReplaySettings } from '../config/replay-settings.js';
import { createDecodeSettings } from '../decode/decode-settings.js';
import { createHashSeed } from '../decode/flow-key.js';
import { isBalanced, notSentTotal, type Output } from '../export/output.js';
import type { ClosedFlows } from '../flow/closed-flows.js';
import type { OutputError } from '../export/output-error.js';
import type { ExportStatistics } from '../export/options/statistics-record.js';
import { makeLedger } from '../observe/ledger.js';
import type { ProgressState } from '../observe/progress.js';
import { type OutputStatistics, type RunStatistics, sumCounts } from '../observe/run-statistics.js';
import { exportStatistics } from './export-statistics.js';
import type { Inspection } from './inspection.js';
import { Metering, type MeteringCounts, type MeteringProcess } from './metering.js';
import { PacketSelection } from './packet-selection.js';
import type { ParallelMetering } from './parallel-metering.js';
import { RecordCounts } from './record-counts.js';

/** Windows of input after which other work gets a turn. */
const WINDOWS_PER_TURN = 64;
/** How often outputs do what is due. */
const TICK_MS = 200;

/** What a run tells while it goes on. */
export interface ReplayObserver {
  /** Something that the person should know and that does not end the run. */
  warn(message: string): void;
  /** Called often; asks for the state only when it shows it. */
  progress(state: () => ProgressState): void;
}

/** Replay: captures in, flow records out. One run, one flow cache, any number of inputs and outputs. */
export class Replay {
  private readonly metering: MeteringProcess;
  private readonly records = new RecordCounts();
  private readonly faults: InputFault[] = [];
  private readonly startMs = performance.now();
  private packets = 0;
  private readonly selection: PacketSelection;
  /** Records that no output took. */
  private notSent = 0;
  private oddTimestamps = 0;
  private octetsDone = 0;
  /** Size of all inputs together; null when that of one is not known. */
  private readonly octetsTotal: number | null;
  private inputsRead = 0;
  private tickedMs = 0;
  /** Faults of outputs that have been told. */
  private readonly told = new Set<OutputError>();

  /** A replay that has loaded what these settings want. @param inspection loaded for them */
  static async create(
    settings: ReplaySettings,
    outputs: readonly Output[],
    observer: ReplayObserver,
    interfaces = new InterfaceTable(),
    inspection: Inspection | null = null,
  ): Promise<Replay> {
    const parallel = settings.workers === 1 ? null : (await import('./parallel-metering.js')).ParallelMetering;
    return new Replay(settings, outputs, observer, interfaces, inspection, parallel);
  }

  private constructor(
    private readonly settings: ReplaySettings,
    private readonly outputs: readonly Output[],
    private readonly observer: ReplayObserver,
    private readonly interfaces: InterfaceTable,
    inspection: Inspection | null,
    parallel: typeof ParallelMetering | null,
  ) {
    const decode = {
      vlanInKey: settings.vlanInKey,
      interfaceInKey: settings.interfaceInKey,
      decap: settings.decap,
      ports: settings.tunnelPorts,
      answers: settings.dpi?.rules?.hasHosts ?? false,
    };
    this.octetsTotal = totalOctets(settings.inputs);
    const seed = createHashSeed();
    this.selection = new PacketSelection(settings, seed);
    const sink = (closed: ClosedFlows): void => this.export(closed);
    this.metering =
      parallel === null
        ? new Metering({ ...settings, decode: createDecodeSettings(decode) }, sink, inspection)
        : new parallel({ ...settings, decode, seed }, sink, inspection);
  }

  /** Reads all inputs to their ends or faults, ends all flows and finishes the outputs. */
  async run(): Promise<RunStatistics> {
    // While an input that is a pipe is silent.
    const timer = setInterval(() => this.tick(), TICK_MS);
    try {
      for (const input of this.settings.inputs) {
        if (this.mayEnd) break;
        await this.replayInput(input);
      }
      await this.metering.finish();
    } finally {
      clearInterval(timer);
    }
    const ledger = this.ledger();
    // One moment for all outputs.
    const statistics = exportStatistics(ledger, this.seconds);
    // One that waits for its peer keeps no other from its end.
    await Promise.all(this.outputs.map((output) => output.finish(statistics)));
    this.outputs.forEach((output) => this.tellFault(output));
    const finished = this.seconds;
    const outputs = this.outputs.map((output) => this.outputStatistics(output));
    const counts = this.metering.counts();
    const dpi = counts.flatMap((each) => each.dpi ?? []);
    const payload = counts.flatMap((each) => each.payload ?? []);
    return {
      inputs: { read: this.inputsRead, octets: this.octetsDone, faults: this.faults },
      outputs,
      seconds: finished,
      packetsPerSecond: this.packets / finished,
      ledger: { ...ledger, balanced: ledger.balanced && outputs.every(({ balanced }) => balanced) },
      ...(dpi.length > 0 ? { dpi: sumCounts(dpi) } : {}),
      ...(payload.length > 0 ? { payload: sumCounts(payload) } : {}),
    };
  }

  /** What has been counted up to now. */
  statistics(): ExportStatistics {
    const { packets, ...others } = this.metering.counted();
    const apart = this.selection.filtered + this.selection.duplicates;
    const counted = { received: packets.received + apart, ignoredTotal: packets.ignoredTotal + apart };
    return exportStatistics({ ...others, packets: counted }, this.seconds);
  }

  private get seconds(): number {
    return (performance.now() - this.startMs) / 1_000;
  }

  /** Lets outputs do what is due, from time to time. */
  private tick(): void {
    const nowMs = Date.now();
    if (Math.abs(nowMs - this.tickedMs) < TICK_MS) return;
    this.tickedMs = nowMs;
    for (const output of this.outputs) {
      output.tick(nowMs);
      this.tellFault(output);
    }
  }

  /** Tells a fault once. A reader that has seen enough, such as head, is none. */
  private tellFault({ fault }: Output): void {
    if (fault === null || fault.code === 'EPIPE' || this.told.has(fault)) return;
    this.told.add(fault);
    this.observer.warn(fault.message);
  }

  private outputStatistics(output: Output): OutputStatistics {
    const counts = output.counts();
    const { flows, uniflows } = this.records;
    const offered = counts.offered - counts.recovered;
    return {
      name: output.name,
      records: counts.exported,
      notSent: notSentTotal(counts),
      fault: output.fault?.message ?? null,
      // An output with the option uniflow is offered two records of a biflow.
      balanced: isBalanced(counts) && offered >= flows && offered <= uniflows,
      counts,
    };
  }

  /** Nobody takes records any more. */
  private get isPointless(): boolean {
    return this.outputs.length > 0 && this.outputs.every((output) => output.error !== null);
  }

  private get mayEnd(): boolean {
    return this.isPointless && (this.metering.mayEnd?.(this.packets) ?? true);
  }

  private async replayInput(input: string): Promise<void> {
    let reader: CaptureReader;
    try {
      const { metering } = this;
      const through = (source: PeekableSource): PeekableSource => metering.through?.(source, input) ?? source;
      reader = await openCapture(input, this.interfaces, { ...metering.reading, through });
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.fault({ input, offset: 0, message: error.detail });
      return;
    }
    this.inputsRead++;
    try {
      await this.read(reader);
    } catch (error) {
      // A filter can make no sense for one link type and good sense for the next.
      if (!(error instanceof CaptureError)) throw error;
      this.fault({ input, offset: 0, message: error.detail });
    } finally {
      await reader.close();
    }
    this.oddTimestamps += reader.oddTimestamps;
    this.octetsDone += reader.octetsRead;
    if (reader.fault !== null) this.fault(reader.fault);
  }

  private async read(reader: CaptureReader): Promise<void> {
    const { metering, selection } = this;
    const state = (): ProgressState => ({
      octetsRead: this.octetsDone + reader.octetsRead,
      octetsTotal: this.octetsTotal,
      packets: this.packets,
      liveFlows: metering.liveFlows,
    });
    for (let windows = 1; ; windows++) {
      // Waiting for what is there already would cost more than the read.
      const given = metering.batch();
      const batch = given instanceof Promise ? await given : given;
      const filling = reader.fill();
      if (!(typeof filling === 'boolean' ? filling : await filling)) return;
      while (reader.next(batch) > 0) {
        selection.apply(batch);
        batch.count = Math.min(batch.count, (metering.endAt ?? Infinity) - this.packets);
        batch.firstNumber = this.packets;
        this.packets += batch.count;
        metering.process(batch);
      }
      this.observer.progress(state);
      this.tick();
      if (this.mayEnd) return;
      for (const output of this.outputs) if (output.isFull) await output.drain();
      // Signals and the terminal get their turn.
      if (windows % WINDOWS_PER_TURN === 0) await setImmediate();
    }
  }

  private export(closed: ClosedFlows): void {
    this.records.add(closed);
    if (this.isPointless) this.notSent += closed.count;
    for (const output of this.outputs) output.write(closed);
  }

  private fault(fault: InputFault): void {
    this.faults.push(fault);
    this.observer.warn(`${fault.input}: offset ${fault.offset}: ${fault.message}`);
  }

  private ledger(): RunStatistics['ledger'] {
    const counts = this.metering.counts();
    // Every worker looks at every packet, so each has the same counts of what arrived and what was ignored.
    const [{ decode }] = counts;
    const sum = (of: (each: MeteringCounts) => number): number => counts.reduce((total, each) => total + of(each), 0);
    return makeLedger({
      decode: [decode],
      cache: counts.map(({ cache }) => cache),
      live: sum(({ live }) => live),
      packetsLive: 0,
      packetsExported: this.records.packets,
      octetsExported: this.records.octets,
      flowsExported: this.records.flows - this.notSent,
      flowsNotSent: this.notSent,
      fragmentsUnknown: sum(({ fragmentsUnknown }) => fragmentsUnknown),
      fragmentOverflow: sum(({ fragmentOverflow }) => fragmentOverflow),
      filtered: this.selection.filtered,
      duplicates: this.selection.duplicates,
      oddTimestamps: this.oddTimestamps,
    });
  }
}

/** Size of the files; null when one is no file. What cannot be looked at is not known either: opening it tells why. */
function totalOctets(inputs: readonly string[]): number | null {
  let total = 0;
  for (const input of inputs) {
    const octets = input === STANDARD_INPUT ? null : fileOctets(input);
    if (octets === null) return null;
    total += octets;
  }
  return total;
}

function fileOctets(path: string): number | null {
  try {
    const status = statSync(path);
    return status.isFile() ? status.size : null;
  } catch {
    return null;
  }
}
