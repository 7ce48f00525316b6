import { InformationModel } from '../ipfix/information-model.js';
import { elementNamed, naturalOctets } from './elements.js';
import { templateRecord } from './ipfix-template.js';
import type { OptionsRecord } from './options-record.js';

/**
 * What the metering and exporting process counted since it started, by Information Element. Whole numbers; those of 32
 * bits are sent as the largest when they are larger.
 */
export interface ExportStatistics {
  /** When these counts were taken, s since 1970. */
  readonly observationTimeSeconds: number;
  /** When the process started, ms since 1970. */
  readonly systemInitTimeMilliseconds: number;
  /** Packets received, whatever became of them. */
  readonly packetTotalCount: number;
  readonly droppedPacketTotalCount: number;
  readonly ignoredPacketTotalCount: number;
  /** Packets of flows that were metered and not exported. */
  readonly notSentPacketTotalCount: number;
  readonly expiredFragmentCount: number;
  readonly assembledFragmentCount: number;
  readonly flowTableFlushEventCount: number;
  readonly flowTablePeakCount: number;
  /** Flows and packets a second since the start. */
  readonly meanFlowRate: number;
  readonly meanPacketRate: number;
}

/** The id that YAF gives the same record, by which its readers know it. */
export const STATISTICS_TEMPLATE_ID = 0xd003;

const SCOPE_FIELDS = 3;

/** Elements in the order in which YAF has them. */
const ELEMENTS = [
  'observationDomainId',
  'exportingProcessId',
  'exporterIPv4Address',
  'observationTimeSeconds',
  'systemInitTimeMilliseconds',
  'exportedFlowRecordTotalCount',
  'packetTotalCount',
  'droppedPacketTotalCount',
  'ignoredPacketTotalCount',
  'notSentPacketTotalCount',
  'expiredFragmentCount',
  'assembledFragmentCount',
  'flowTableFlushEventCount',
  'flowTablePeakCount',
  'meanFlowRate',
  'meanPacketRate',
] as const;

const model = new InformationModel();
const SPECIFIERS = ELEMENTS.map((name) => {
  const element = elementNamed(name, model);
  return { element, octets: naturalOctets(element) };
});

/** The statistics as a record of an Options Template (RFC 7011 §3.4.2). */
export const STATISTICS_RECORD: OptionsRecord = {
  id: STATISTICS_TEMPLATE_ID,
  template: templateRecord(STATISTICS_TEMPLATE_ID, SPECIFIERS, SCOPE_FIELDS),
  records({ exporter, statistics, exportedRecords }) {
    const values: Readonly<Record<(typeof ELEMENTS)[number], number>> = {
      ...statistics,
      observationDomainId: exporter.observationDomainId,
      exportingProcessId: exporter.exportingProcessId,
      exporterIPv4Address: addressNumber(exporter.exporterIPv4Address),
      exportedFlowRecordTotalCount: exportedRecords,
    };
    return [Buffer.concat(ELEMENTS.map((name, n) => unsigned(values[name], SPECIFIERS[n].octets)))];
  },
};

/** A whole number in that many octets; the largest that they hold when it is larger, 0 when it is none. */
function unsigned(value: number, length: number): Buffer {
  const octets = Buffer.alloc(length);
  const whole = Number.isFinite(value) && value > 0 ? BigInt(Math.floor(value)) : 0n;
  const largest = (1n << BigInt(8 * length)) - 1n;
  let rest = whole < largest ? whole : largest;
  for (let at = length - 1; at >= 0; at--) {
    octets[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return octets;
}

function addressNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
