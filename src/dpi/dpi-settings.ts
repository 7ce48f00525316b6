import type { RuleTables } from './rules/rule-tables.js';

/** What deep packet inspection is asked to do. Plain data, so that it can be sent between threads. */
export interface DpiSettings {
  /** Protocols whose metadata is taken, by name; empty for labels only. */
  readonly metadata: readonly string[];
  /** Octets of memory for payload, state and metadata of the flows that are inspected. */
  readonly memoryOctets: number;
  /** Flows that inspection does not recognise get the label of their port, marked as such. */
  readonly labelByPort: boolean;
  /** Passwords, cookies and the like are not masked. */
  readonly secrets: boolean;
  /** Writes down why each flow got its label, as metadata. */
  readonly explain: boolean;
  /** Label rules of the user; none when null or left out. */
  readonly rules?: RuleTables | null;
  /** Shared memory for the answers of DNS (`ANSWER_OCTETS` octets); each worker has its own without. */
  readonly answers?: SharedArrayBuffer;
}

export const DEFAULT_DPI_MEMORY_OCTETS = 256 * 1024 * 1024;

export const enum DpiBound {
  /** Packets with payload after which a flow that has no label gets none. */
  TcpPackets = 24,
  UdpPackets = 12,
  /** Starts of a direction that are tried: the first segment, and when the connection's start was not seen, later ones. */
  Starts = 4,
  /** Octets of a direction that are kept for recognition. */
  RecognitionOctets = 16_384,
  /** Octets of a direction that are kept for an extractor that says nothing else. */
  Window = 16_384,
  /** Calls of an extractor for one packet. */
  Calls = 64,
  /** Packets that may come while a hole in the sequence is open. */
  WaitingPackets = 8,
  /** Octets of working memory that an extractor may ask for. */
  Scratch = 32_768,
}
