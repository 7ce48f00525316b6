import { exportTable } from './fields/export-table.js';
import type { ExportField, TimeUnit } from './fields/export-field.js';
import type { Inspected } from './inspection-export.js';
import type { OutputSpec } from './output-spec.js';
import type { SelfDescription } from './options/options-record.js';
import type { ExportStatistics } from './options/statistics-record.js';

/** What holds for all outputs of a run, where the text of one says nothing else. */
export interface OutputDefaults {
  /** Two records for a biflow, without reverse elements. Default: false. */
  readonly uniflow?: boolean;
  /** Resolution of times. Default: ms. */
  readonly time?: TimeUnit;
  /** Observation Domain of IPFIX, 0 to 2^32 - 1. Default: 0. */
  readonly observationDomain?: number;
  /** The ingress interface is part of the flow key. Default: false. */
  readonly interfaceInKey?: boolean;
  /** What of payload is inspected and measured. Default: null, nothing. */
  readonly inspected?: Inspected | null;
  /** The records of a capture: files rotate by the time of the records, not by the wall clock. Default: false. */
  readonly isReplay?: boolean;
  /** Told what the person should know and what does not end the output. Default: nobody. */
  readonly warn?: (message: string) => void;
  /** The run's statistics up to now, for files that end while it goes on; null while they are not known. Default: not known. */
  readonly statistics?: () => ExportStatistics | null;
  /** Of IPFIX messages: their bound, Export Time, and who exports. */
  readonly ipfix?: {
    readonly maxMessageOctets?: number;
    readonly clock?: () => number;
  } & SelfDescription;
}

/** All that is needed to make one output. */
export interface OutputRequest {
  readonly spec: OutputSpec;
  readonly isUniflow: boolean;
  readonly observationDomain: number;
  /** Fields of a record. */
  readonly table: readonly ExportField[];
  readonly defaults: OutputDefaults;
}

/** Whether an output makes two records of a flow in both directions. */
export function isUniflow({ options }: OutputSpec, defaults: OutputDefaults): boolean {
  return options.uniflow ?? (options.biflow === true ? false : (defaults.uniflow ?? false));
}

/** Puts the options of an output and the defaults together. Throws a RangeError. */
export function outputRequest(spec: OutputSpec, defaults: OutputDefaults): OutputRequest {
  const { options } = spec;
  const uniflow = isUniflow(spec, defaults);
  const table = exportTable(spec.format, options, uniflow, {
    time: options.time ?? defaults.time ?? 'ms',
    ingressInterface: defaults.interfaceInKey ?? false,
    inspected: defaults.inspected ?? null,
  });
  return {
    spec,
    isUniflow: uniflow,
    observationDomain: options.domain ?? defaults.observationDomain ?? 0,
    table,
    defaults,
  };
}
