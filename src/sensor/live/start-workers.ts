import { CaptureError } from '../../capture/capture-error.js';
import { BACKENDS, isOnFirstThread } from '../../capture/live/backends.js';
import { type CaptureState, DEFAULT_LIVE_OPTIONS, type LiveOptions } from '../../capture/live-capture.js';
import { nativeStale } from '../../capture/native.js';
import { STANDARD_INPUT } from '../../capture/open-source.js';
import type { LiveSettings } from '../../config/live-settings.js';
import { createDecodeSettings } from '../../decode/decode-settings.js';
import { createHashSeed } from '../../decode/flow-key.js';
import { ANSWER_OCTETS } from '../../dpi/rules/answer-table.js';
import { shareOf } from '../memory-share.js';
import { RING_METADATA_OCTETS } from './closed-ring.js';
import { flowBudget, memoryLimit } from './flow-budget.js';
import { WorkerHandle } from './worker-handle.js';
import { onOwnThread, onThisThread } from './worker-host.js';

/** First packet numbers of workers are this far apart, so that flow ids are unique: 2^47 packets, at 10 Mpps five months. */
const NUMBERS_A_WORKER = 2 ** 47;

export interface StartedWorkers {
  readonly workers: readonly WorkerHandle[];
  readonly maxFlows: number;
}

/** Starts the workers of a sensor: each has one queue of every interface, and its share of the flows. */
export function startWorkers(
  settings: LiveSettings,
  stateChanged: (worker: number, n: number, state: CaptureState) => void,
): StartedWorkers {
  const { workers: count, idleTimeoutUs, activeTimeoutUs } = settings;
  const backend = backendOf(settings);
  const host = isOnFirstThread(backend) ? onThisThread : onOwnThread;
  // Node.js makes standard input one that does not wait when it is first looked at, and only in this thread.
  if (settings.interfaces.includes(STANDARD_INPUT)) void process.stdin;
  // As the flows are: the memory of inspection is shared out among the workers.
  const shared = shareOf(settings.dpi, count);
  // The kernel gives an answer to one of them.
  const dpi =
    shared === null ? null : { ...shared, rules: settings.labels, answers: new SharedArrayBuffer(ANSWER_OCTETS) };
  const payload = shareOf(settings.payload, count);
  const memoryOfPayload = (dpi ?? payload)?.memoryOctets ?? 0;
  const memoryOfBuffers =
    settings.interfaces.length * settings.bufferOctets +
    (memoryOfPayload === 0 ? 0 : memoryOfPayload + RING_METADATA_OCTETS);
  const maxFlows = settings.isMaxFlowsGiven
    ? settings.maxFlows
    : flowBudget(memoryLimit(), count, memoryOfBuffers, settings.maxFlows);
  const seed = createHashSeed();
  const decode = {
    seed,
    vlanInKey: settings.vlanInKey,
    interfaceInKey: settings.interfaceInKey,
    decap: settings.decap,
    ports: settings.tunnelPorts,
    // A reload may bring rules that want them.
    answers: dpi !== null,
  };
  const workers = Array.from({ length: count }, (_, worker) => {
    const captures = settings.interfaces.map((interfaceName, n): LiveOptions => ({
      ...DEFAULT_LIVE_OPTIONS,
      interfaceName,
      snapLength: settings.snapLength,
      promiscuous: settings.promiscuous,
      timestamps: settings.timestamps,
      bufferOctets: settings.bufferOctets,
      filter: settings.filter,
      // One group an interface: its queues share the packets.
      fanoutGroup: count === 1 ? null : (process.pid * 8 + n) & 0xffff,
    }));
    const metering = {
      // Packets are shared out by the kernel: a worker meters all that it is given.
      decode: createDecodeSettings(decode),
      idleTimeoutUs,
      activeTimeoutUs,
      maxFlows: Math.max(1, Math.floor(maxFlows / count)),
      firstNumber: worker * NUMBERS_A_WORKER,
      dedupUs: settings.dedupUs,
      nanoseconds: settings.time === 'ns',
      dpi,
      payload,
    };
    return new WorkerHandle({ backend, captures, metering }, host, (n, state) => stateChanged(worker, n, state));
  });
  return { workers, maxFlows };
}

/**
 * What `auto` stands for: the first back-end that this machine has, or the one for pipes. An addon that was left from another
 * version is no reason to capture in another way from now on: that says what to do. Throws a CaptureError.
 */
function backendOf({ capture, interfaces }: LiveSettings): string {
  if (capture !== 'auto') return capture;
  if (interfaces.includes(STANDARD_INPUT)) return 'pipe';
  const stale = nativeStale();
  if (stale !== null) throw new CaptureError('unreadable', interfaces.join(', '), stale);
  const missing: string[] = [];
  for (const backend of BACKENDS) {
    if (backend.name === 'pipe') continue;
    const reason = backend.missing();
    if (reason === null) return backend.name;
    missing.push(`${backend.name}: ${reason}`);
  }
  throw new CaptureError('unreadable', interfaces.join(', '), missing.join('; ') || 'there is no back-end for capture');
}
