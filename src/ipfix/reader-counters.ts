/** What a reader met. Plain numbers that only grow. */
export interface ReaderCounters {
  messages: number;
  /** Template and Options Template Records, repetitions included. */
  templates: number;
  withdrawals: number;
  /** Templates that would have passed a bound, or that say nothing readable. */
  refusedTemplates: number;
  dataRecords: number;
  optionsRecords: number;
  /** Data Sets whose Template is not known, and what they held. */
  setsWithoutTemplate: number;
  octetsWithoutTemplate: number;
  /** Sets with an id that RFC 7011 reserves (0, 1, 4 to 255). */
  reservedSets: number;
  /** Messages whose sequence number is ahead of the count of records, and how many records that leaves out. */
  sequenceGaps: number;
  missingRecords: number;
  /** Messages whose sequence number is behind: a restart, another session, or the order was changed. */
  sequenceResets: number;
  /** Messages of further Observation Domains than a reader keeps; they are skipped. */
  messagesOfIgnoredDomains: number;
  /** Octets that belong to no readable message. */
  skippedOctets: number;
  problems: number;
}

export function newReaderCounters(): ReaderCounters {
  return {
    messages: 0,
    templates: 0,
    withdrawals: 0,
    refusedTemplates: 0,
    dataRecords: 0,
    optionsRecords: 0,
    setsWithoutTemplate: 0,
    octetsWithoutTemplate: 0,
    reservedSets: 0,
    sequenceGaps: 0,
    missingRecords: 0,
    sequenceResets: 0,
    messagesOfIgnoredDomains: 0,
    skippedOctets: 0,
    problems: 0,
  };
}
