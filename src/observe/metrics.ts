import { Counter, Gauge, Registry } from 'prom-client';

import type { InterfaceStatus, LiveStatus, LostFlows, OutputStatus, WorkerStatus } from './live-status.js';

/** A value with the labels that tell it from others of the same metric. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric: what it is called, what it says, and where in the status it stands. docs/metrics.md is compared with this list. */
export interface MetricDefinition {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (status: LiveStatus) => readonly Sample[];
}

function one(
  kind: MetricDefinition['kind'],
  name: string,
  help: string,
  of: (s: LiveStatus) => number,
): MetricDefinition {
  return { name, kind, help, labels: [], samples: (status) => [[{}, of(status)]] };
}

function each<T>(
  kind: MetricDefinition['kind'],
  name: string,
  help: string,
  label: string,
  list: (s: LiveStatus) => readonly T[],
  labelOf: (item: T) => string,
  of: (item: T) => number,
): MetricDefinition {
  return {
    name,
    kind,
    help,
    labels: [label],
    samples: (status) => list(status).map((item) => [{ [label]: labelOf(item) }, of(item)]),
  };
}

type Kind = MetricDefinition['kind'];

const ofInterface = (kind: Kind, name: string, help: string, of: (i: InterfaceStatus) => number): MetricDefinition =>
  each(
    kind,
    `weir_interface_${name}`,
    help,
    'interface',
    ({ interfaces }) => interfaces,
    ({ name: n }) => n,
    of,
  );

const ofWorker = (kind: Kind, name: string, help: string, of: (w: WorkerStatus) => number): MetricDefinition =>
  each(
    kind,
    `weir_worker_${name}`,
    help,
    'worker',
    ({ workers }) => workers,
    ({ worker }) => String(worker),
    of,
  );

const ofOutput = (kind: Kind, name: string, help: string, of: (o: OutputStatus) => number): MetricDefinition =>
  each(
    kind,
    `weir_output_${name}`,
    help,
    'output',
    ({ outputs }) => outputs,
    ({ name: n }) => n,
    of,
  );

const byReason = (
  name: string,
  help: string,
  of: (s: LiveStatus) => Readonly<Record<string, number>>,
): MetricDefinition =>
  each(
    'counter',
    name,
    help,
    'reason',
    (s) => Object.entries(of(s)),
    ([reason]) => reason,
    ([, n]) => n,
  );

const notSent = (name: string, help: string, of: (lost: LostFlows) => number): MetricDefinition =>
  each(
    'counter',
    name,
    help,
    'reason',
    (s) => Object.entries(s.notSent),
    ([reason]) => reason,
    ([, lost]) => of(lost),
  );

export const METRICS: readonly MetricDefinition[] = [
  {
    name: 'weir_info',
    kind: 'gauge',
    help: 'Always 1; the version stands in the label.',
    labels: ['version'],
    samples: ({ version }) => [[{ version }, 1]],
  },
  one('gauge', 'weir_start_time_seconds', 'When the sensor started, s since 1970.', (s) => s.startedSeconds),
  one(
    'gauge',
    'weir_draining',
    '1 while the sensor stops: no more packets are taken.',
    (s) => +(s.state === 'draining'),
  ),
  one('gauge', 'weir_memory_octets', 'Resident memory of the process.', (s) => s.memoryOctets),
  one('gauge', 'weir_heap_octets', 'Heap of the main thread that is in use.', (s) => s.heapOctets),
  one(
    'gauge',
    'weir_timer_lateness_seconds',
    'The latest that a timer of the main thread came since the last look.',
    (s) => s.timerLatenessSeconds,
  ),

  one('counter', 'weir_packets_received_total', 'Packets handed to decode.', (s) => s.ledger.packets.received),
  one(
    'counter',
    'weir_packets_metered_total',
    'Packets in flow records that have ended, both directions.',
    (s) => s.ledger.packets.metered,
  ),
  one('gauge', 'weir_packets_live', 'Packets in flows that are live.', (s) => s.ledger.packets.live),
  byReason('weir_packets_ignored_total', 'Packets that are in no record, by reason.', (s) => s.ledger.packets.ignored),
  one(
    'counter',
    'weir_octets_metered_total',
    'IP octets in flow records that have ended, both directions.',
    (s) => s.ledger.octetsMetered,
  ),
  one(
    'counter',
    'weir_undecoded_tunnels_total',
    'Packets metered as packets of their tunnel because the inside could not be decoded.',
    (s) => s.ledger.undecodedTunnels,
  ),
  one(
    'counter',
    'weir_fragments_without_ports_total',
    'Later fragments metered with ports 0: their first one had not been seen.',
    (s) => s.ledger.fragments.portsUnknown,
  ),
  one(
    'counter',
    'weir_fragment_table_overflow_total',
    'First fragments forgotten before their time.',
    (s) => s.ledger.fragments.tableOverflow,
  ),
  one('gauge', 'weir_ledger_balanced', '1 when every packet and flow is accounted for.', (s) => +s.ledger.balanced),

  one('counter', 'weir_flows_created_total', 'Flows created.', (s) => s.ledger.flows.created),
  one('counter', 'weir_flows_exported_total', 'Flows handed to the outputs.', (s) => s.ledger.flows.exported),
  byReason('weir_flows_ended_total', 'Flows ended, by flowEndReason.', (s) => s.ledger.flows.endReasons),
  notSent('weir_flows_not_sent_total', 'Flows handed to no output, by reason.', ({ flows }) => flows),
  notSent('weir_packets_not_sent_total', 'Packets of flows handed to no output, by reason.', ({ packets }) => packets),
  notSent('weir_octets_not_sent_total', 'IP octets of flows handed to no output, by reason.', ({ octets }) => octets),
  one('gauge', 'weir_flows_live', 'Flows in the cache.', (s) => s.ledger.flows.live),
  one(
    'gauge',
    'weir_flows_peak',
    'Most flows at once; with several workers the sum of the most of each.',
    (s) => s.ledger.flows.peak,
  ),
  one('gauge', 'weir_flows_max', 'Bound on live flows.', (s) => s.maxFlows),

  ofInterface('gauge', 'up', '1 while packets can be captured.', ({ up }) => +up),
  ofInterface(
    'counter',
    'packets_received_total',
    'Packets that the back-end handed over.',
    ({ received }) => received,
  ),
  ofInterface(
    'counter',
    'packets_dropped_by_kernel_total',
    'Packets for which the buffer in the kernel had no room.',
    (i) => i.droppedByKernel,
  ),
  ofInterface(
    'counter',
    'packets_dropped_by_interface_total',
    'Packets that the interface or its driver dropped.',
    (i) => i.droppedByInterface,
  ),
  ofInterface('counter', 'freezes_total', 'How often the ring in the kernel was found full.', ({ freezes }) => freezes),

  ofWorker('counter', 'packets_total', 'Packets that the worker metered or ignored.', ({ packets }) => packets),
  ofWorker('gauge', 'flows', 'Live flows of the worker.', ({ flows }) => flows),
  ofWorker('counter', 'busy_seconds_total', 'Time that the worker spent on packets.', ({ busySeconds }) => busySeconds),
  ofWorker(
    'gauge',
    'timeout_lateness_seconds',
    'How far the flow clock is behind: by so much timeouts are late.',
    (w) => w.timeoutLatenessSeconds,
  ),
  ofWorker(
    'gauge',
    'sign_age_seconds',
    'Since the worker last told of itself.',
    ({ secondsSinceSign }) => secondsSinceSign,
  ),
  ofWorker(
    'gauge',
    'hand_over_fullness',
    'Part of the hand-over to the outputs that is full, 0 to 1.',
    (w) => w.handOverFullness,
  ),
  ofWorker(
    'counter',
    'clock_steps_total',
    'How often the wall clock was set and live flows were moved along.',
    ({ clockSteps }) => clockSteps,
  ),
  ofWorker('gauge', 'heap_octets', 'Heap of the worker that is in use.', ({ heapOctets }) => heapOctets),

  ofOutput('gauge', 'up', '1 while the output takes records and they reach their target.', ({ up }) => +up),
  ofOutput('counter', 'records_offered_total', 'Records that the output was handed.', ({ offered }) => offered),
  ofOutput('counter', 'records_exported_total', 'Records written or sent.', ({ exported }) => exported),
  ofOutput(
    'counter',
    'records_filtered_total',
    "Records left out by the output's own filter.",
    ({ filtered }) => filtered,
  ),
  {
    name: 'weir_output_records_not_sent_total',
    kind: 'counter',
    help: 'Records that the output could not send, by reason.',
    labels: ['output', 'reason'],
    samples: ({ outputs }) =>
      outputs.flatMap(({ name, notSent: reasons }) =>
        Object.entries(reasons).map(([reason, n]): Sample => [{ output: name, reason }, n]),
      ),
  },
  ofOutput(
    'gauge',
    'queued_records',
    'Records in memory, not yet written or sent.',
    ({ queuedRecords }) => queuedRecords,
  ),
  ofOutput('gauge', 'queued_octets', 'Octets in memory, not yet written or sent.', ({ queuedOctets }) => queuedOctets),
  ofOutput('gauge', 'spooled_records', 'Records on disk, not yet sent.', ({ spooledRecords }) => spooledRecords),
  ofOutput('gauge', 'spooled_octets', 'Octets on disk, not yet sent.', ({ spooledOctets }) => spooledOctets),
  ofOutput('counter', 'messages_total', 'Messages sent.', ({ messages }) => messages),
  ofOutput('counter', 'octets_total', 'Octets written or sent.', ({ octets }) => octets),
  ofOutput(
    'counter',
    'template_messages_total',
    'Messages of Templates alone.',
    ({ templateMessages }) => templateMessages,
  ),
  ofOutput(
    'counter',
    'repeated_records_total',
    'Records sent once more after a lost connection; exported_records_total counts them once.',
    ({ repeated }) => repeated,
  ),
  ofOutput(
    'counter',
    'recovered_records_total',
    'Records that an earlier run has left in the spool, among those offered.',
    ({ recovered }) => recovered,
  ),
  ofOutput('counter', 'reconnects_total', 'Connections opened again.', ({ reconnects }) => reconnects),
  ofOutput('counter', 'errors_total', 'Faults, whether records were lost by them or not.', ({ errors }) => errors),
];

/** The status of a sensor as Prometheus text. */
export class MetricsText {
  private readonly registry = new Registry();
  private status: LiveStatus | null = null;

  constructor() {
    for (const definition of METRICS) this.register(definition);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(status: LiveStatus): Promise<string> {
    this.status = status;
    return this.registry.metrics();
  }

  private register({ name, kind, help, labels, samples }: MetricDefinition): void {
    const read = (): readonly Sample[] => (this.status === null ? [] : samples(this.status));
    const about = { name, help, labelNames: labels, registers: [this.registry] };
    if (kind === 'gauge') {
      new Gauge({
        ...about,
        collect() {
          this.reset();
          for (const [label, value] of read()) this.set(label, value);
        },
      });
    } else {
      new Counter({
        ...about,
        // The counts are kept elsewhere; this is where they are written down.
        collect() {
          this.reset();
          for (const [label, value] of read()) this.inc(label, value);
        },
      });
    }
  }
}
