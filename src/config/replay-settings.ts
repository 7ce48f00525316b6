import type { DpiSettings } from '../dpi/dpi-settings.js';
import { EXTRACTED } from '../dpi/extracted.js';
import type { RuleTables } from '../dpi/rules/rule-tables.js';
import type { PayloadSettings } from '../dpi/payload-settings.js';
import type { TimeUnit } from '../export/fields/flow-fields.js';
import { type Configuration, ConfigurationError } from './configuration.js';
import { UDP_TUNNEL_NAMES } from './settings/tunnels.js';

/** What `weir replay` is asked to do; all units in the names. */
export interface ReplaySettings {
  /** Files and `-`, in the order in which they are read. */
  readonly inputs: readonly string[];
  /** URIs, names of files, `-`, each with its own options: what `parseOutput` reads. */
  readonly outputs: readonly string[];
  readonly uniflow: boolean;
  readonly observationDomain: number;
  /** Resolution of the exported time stamps. */
  readonly time: TimeUnit;
  readonly idleTimeoutUs: number;
  readonly activeTimeoutUs: number;
  readonly maxFlows: number;
  /** Packets before the first and from the second moment on are left out (and counted). */
  readonly fromUs: number;
  readonly toUs: number;
  /** Packets that do not match this expression, as tcpdump takes it, are left out (and counted); null for none. */
  readonly filter: string | null;
  /** A packet that was seen within this time before is left out (and counted); 0 to look for none. */
  readonly dedupUs: number;
  readonly vlanInKey: boolean;
  readonly interfaceInKey: boolean;
  /** Names of the tunnels to look into. */
  readonly decap: readonly string[];
  /** UDP ports of tunnels, in place of the registered ones. */
  readonly tunnelPorts: Readonly<Record<string, readonly number[]>>;
  readonly workers: number;
  /** Deep packet inspection; off when null or left out. */
  readonly dpi: DpiSettings | null;
  /** Entropy of payload, and what it begins with; off when null. */
  readonly payload: PayloadSettings | null;
}

/**
 * What the settings say of a replay, all but its inputs. `processors` is what `--workers auto` stands for, `labels` are the
 * rules of the files that `dpi.labels` names. Throws a `ConfigurationError` where settings do not fit together.
 */
export function replaySettings(
  configuration: Configuration,
  processors: number,
  labels: RuleTables | null = null,
): Omit<ReplaySettings, 'inputs'> {
  const fromUs = configuration.find('input.from') ?? 0;
  const toUs = configuration.find('input.to') ?? Infinity;
  if (toUs <= fromUs) {
    const { where, texts } = configuration.origin('input.to');
    throw new ConfigurationError([`${where} '${texts[0]}': expected a moment after --from`]);
  }
  const workers = configuration.get('workers');
  const tunnelPorts = UDP_TUNNEL_NAMES.map((name) => [name, configuration.get(`tunnels.ports.${name}`)] as const);
  return {
    outputs: configuration.get('outputs'),
    uniflow: configuration.get('records.uniflow'),
    time: configuration.get('records.time'),
    observationDomain: configuration.get('records.observationDomain'),
    idleTimeoutUs: configuration.get('flow.idleTimeout'),
    activeTimeoutUs: configuration.get('flow.activeTimeout'),
    maxFlows: configuration.get('flow.maxFlows'),
    fromUs,
    toUs,
    filter: configuration.find('capture.filter') ?? null,
    dedupUs: configuration.get('capture.dedup'),
    vlanInKey: configuration.get('flow.vlanInKey'),
    interfaceInKey: configuration.get('flow.interfaceInKey'),
    decap: configuration.get('tunnels.decap'),
    tunnelPorts: Object.fromEntries(tunnelPorts),
    dpi: dpiSettings(configuration, labels),
    payload: payloadSettings(configuration),
    workers: workers === 'auto' ? processors : workers,
  };
}

/** What deep packet inspection is asked to do; null when it is off. */
export function dpiSettings(configuration: Configuration, rules: RuleTables | null = null): DpiSettings | null {
  const inspect = configuration.get('dpi.inspect');
  if (inspect === 'off') return null;
  return {
    metadata: inspect === 'labels' ? [] : typeof inspect === 'string' ? EXTRACTED : inspect,
    memoryOctets: configuration.get('dpi.memory'),
    labelByPort: configuration.get('dpi.labelByPort'),
    secrets: configuration.get('dpi.secrets'),
    explain: false,
    rules,
  };
}

/** What is measured of payload itself; null when nothing is. */
export function payloadSettings(configuration: Configuration): PayloadSettings | null {
  const entropyOctets = configuration.get('payload.entropy');
  const exportOctets = configuration.get('payload.export');
  if (entropyOctets === 0 && exportOctets === 0) return null;
  return { entropyOctets, exportOctets, memoryOctets: configuration.get('dpi.memory') };
}
