import type { ExportStatistics } from './statistics-record.js';

/** Who exports: the scope of what it tells about itself. */
export interface ExporterIdentity {
  readonly observationDomainId: number;
  readonly exportingProcessId: number;
  /** Dotted. */
  readonly exporterIPv4Address: string;
}

/** This process, without an address unless one is given. */
export function exporterIdentity(
  observationDomainId: number,
  given: Partial<Omit<ExporterIdentity, 'observationDomainId'>> = {},
): ExporterIdentity {
  const { exportingProcessId = process.pid, exporterIPv4Address = '0.0.0.0' } = given;
  return { observationDomainId, exportingProcessId, exporterIPv4Address };
}

/** What an exporter knows of itself at one moment. */
export interface ExporterState {
  readonly exporter: ExporterIdentity;
  readonly statistics: ExportStatistics;
  /** Flow records that this output has encoded. */
  readonly exportedRecords: number;
}

/** One kind of Options Data Records (RFC 7011 §3.4.2): what an IPFIX exporter tells about itself. */
export interface OptionsRecord {
  readonly id: number;
  /** The Options Template Record as it stands in a Set (§3.4.2.2). */
  readonly template: Uint8Array;
  /** The Data Records of that moment, as the Template lays them out. */
  records(state: ExporterState): readonly Uint8Array[];
}
