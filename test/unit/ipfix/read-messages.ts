import { MessageReader, type ReaderProblem } from '../../../src/ipfix/message-reader.js';
import type { ReaderCounters } from '../../../src/ipfix/reader-counters.js';
import { recordJson } from '../../../src/ipfix/structured-data.js';
import type { DataRecord } from '../../../src/ipfix/data-record.js';

export interface ReadResult {
  /** Every record as an object, with the text that JSON gives. */
  readonly records: Record<string, unknown>[];
  readonly problems: ReaderProblem[];
  readonly counters: ReaderCounters;
}

/** Reads a stream in chunks of `chunkOctets` and shows every record as JSON. */
export function readMessages(octets: Uint8Array, chunkOctets = octets.length): ReadResult {
  const records: Record<string, unknown>[] = [];
  const problems: ReaderProblem[] = [];
  const reader = new MessageReader({
    record: (record: DataRecord) => {
      const text = recordJson(record.octets, record.template, record.spans, record.context);
      records.push(JSON.parse(text) as Record<string, unknown>);
    },
    problem: (problem) => problems.push(problem),
  });
  for (let at = 0; at < octets.length; at += chunkOctets) reader.push(octets.subarray(at, at + chunkOctets));
  reader.end();
  return { records, problems, counters: reader.counters };
}

/** The messages of the problems, without their offsets. */
export function problemTexts({ problems }: ReadResult): string[] {
  return problems.map(({ message }) => message);
}
