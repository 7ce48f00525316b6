import type { DpiSettings } from '../dpi/dpi-settings.js';
import type { RuleTables } from '../dpi/rules/rule-tables.js';
import type { PayloadSettings } from '../dpi/payload-settings.js';
import type { TimeUnit } from '../export/fields/flow-fields.js';
import type { Configuration } from './configuration.js';
import { dpiSettings, payloadSettings } from './replay-settings.js';
import { UDP_TUNNEL_NAMES } from './settings/tunnels.js';

/** What `weir live` is asked to do; all units in the names. */
export interface LiveSettings {
  /** Interfaces by name; `-` or the path of a pipe with the back-end `pipe`. */
  readonly interfaces: readonly string[];
  /** Name of a back-end, or `auto`. */
  readonly capture: string;
  /** Expression as tcpdump takes it; null: all packets. */
  readonly filter: string | null;
  /** Packets seen twice within this time count once; 0: every time. */
  readonly dedupUs: number;
  readonly snapLength: number;
  readonly bufferOctets: number;
  readonly promiscuous: boolean;
  readonly timestamps: 'system' | 'hardware';
  readonly workers: number;
  readonly outputs: readonly string[];
  readonly uniflow: boolean;
  readonly time: TimeUnit;
  readonly observationDomain: number;
  readonly idleTimeoutUs: number;
  readonly activeTimeoutUs: number;
  readonly maxFlows: number;
  /** The person said how many; else memory may allow fewer. */
  readonly isMaxFlowsGiven: boolean;
  readonly vlanInKey: boolean;
  readonly interfaceInKey: boolean;
  readonly decap: readonly string[];
  readonly tunnelPorts: Readonly<Record<string, readonly number[]>>;
  /** Deep packet inspection; off when null. */
  readonly dpi: DpiSettings | null;
  /** Label rules for it; none when null. */
  readonly labels: RuleTables | null;
  /** Entropy of payload, and what it begins with; off when null. */
  readonly payload: PayloadSettings | null;
  /** Name of the user to go on as when the capture is open; null: no other. */
  readonly user: string | null;
  /** Path of the control socket; null: the usual one, if it can be made. */
  readonly socket: string | null;
  /** Address and port of the metrics; null: none. */
  readonly metrics: string | null;
  readonly drainTimeoutMs: number;
  readonly statisticsIntervalMs: number;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  /** How the program tells what it has to tell. */
  readonly logFormat: string;
  readonly statisticsFormat: string;
  readonly statisticsFile: string | null;
}

/** Where each stands in the configuration: a setting, or a group. */
const KEYS: Readonly<Record<keyof LiveSettings, string>> = {
  interfaces: 'capture.interfaces',
  capture: 'capture.method',
  filter: 'capture.filter',
  dedupUs: 'capture.dedup',
  snapLength: 'capture.snapLength',
  bufferOctets: 'capture.bufferSize',
  promiscuous: 'capture.promiscuous',
  timestamps: 'capture.timestamps',
  workers: 'workers',
  outputs: 'outputs',
  uniflow: 'records.uniflow',
  time: 'records.time',
  observationDomain: 'records.observationDomain',
  idleTimeoutUs: 'flow.idleTimeout',
  activeTimeoutUs: 'flow.activeTimeout',
  maxFlows: 'flow.maxFlows',
  isMaxFlowsGiven: 'flow.maxFlows',
  vlanInKey: 'flow.vlanInKey',
  interfaceInKey: 'flow.interfaceInKey',
  decap: 'tunnels.decap',
  tunnelPorts: 'tunnels.ports',
  dpi: 'dpi',
  labels: 'dpi.labels',
  payload: 'payload',
  user: 'daemon.user',
  socket: 'daemon.socket',
  metrics: 'daemon.metrics',
  drainTimeoutMs: 'daemon.drainTimeout',
  statisticsIntervalMs: 'statistics.interval',
  logLevel: 'log.level',
  logFormat: 'log.format',
  statisticsFormat: 'statistics.format',
  statisticsFile: 'statistics.file',
};

/** Keys of the configuration, as people know these settings. */
export function keysOf(names: readonly (keyof LiveSettings)[]): string[] {
  return [...new Set(names.map((name) => KEYS[name]))];
}

/** What `auto` stands for: one worker a processor, and one processor for the outputs. */
export function liveSettings(
  configuration: Configuration,
  processors: number,
  labels: RuleTables | null = null,
): LiveSettings {
  const workers = configuration.get('workers');
  const tunnelPorts = UDP_TUNNEL_NAMES.map((name) => [name, configuration.get(`tunnels.ports.${name}`)] as const);
  const isGiven = (key: 'flow.maxFlows' | 'flow.interfaceInKey'): boolean =>
    configuration.origin(key).source !== 'default';
  return {
    interfaces: configuration.get('capture.interfaces'),
    capture: configuration.get('capture.method'),
    filter: configuration.find('capture.filter') ?? null,
    dedupUs: configuration.get('capture.dedup'),
    snapLength: configuration.get('capture.snapLength'),
    bufferOctets: configuration.get('capture.bufferSize'),
    promiscuous: configuration.get('capture.promiscuous'),
    timestamps: configuration.get('capture.timestamps'),
    workers: workers === 'auto' ? Math.max(1, processors - 1) : workers,
    outputs: configuration.get('outputs'),
    uniflow: configuration.get('records.uniflow'),
    time: configuration.get('records.time'),
    observationDomain: configuration.get('records.observationDomain'),
    idleTimeoutUs: configuration.get('flow.idleTimeout'),
    activeTimeoutUs: configuration.get('flow.activeTimeout'),
    maxFlows: configuration.get('flow.maxFlows'),
    isMaxFlowsGiven: isGiven('flow.maxFlows'),
    vlanInKey: configuration.get('flow.vlanInKey'),
    interfaceInKey: isGiven('flow.interfaceInKey') ? configuration.get('flow.interfaceInKey') : true,
    decap: configuration.get('tunnels.decap'),
    tunnelPorts: Object.fromEntries(tunnelPorts),
    dpi: dpiSettings(configuration),
    labels,
    payload: payloadSettings(configuration),
    user: configuration.find('daemon.user') ?? null,
    socket: configuration.find('daemon.socket') ?? null,
    metrics: configuration.find('daemon.metrics') ?? null,
    drainTimeoutMs: configuration.get('daemon.drainTimeout') / 1_000,
    statisticsIntervalMs: configuration.get('statistics.interval') / 1_000,
    logLevel: configuration.get('log.level'),
    logFormat: configuration.get('log.format'),
    statisticsFormat: configuration.get('statistics.format'),
    statisticsFile: configuration.find('statistics.file') ?? null,
  };
}
