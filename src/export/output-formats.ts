import type { ExportField } from './fields/export-field.js';
import { IpfixFile } from './ipfix/ipfix-file.js';
import { IpfixMessages } from './ipfix/ipfix-messages.js';
import type { MessageEncoder, MessageSink } from './message-encoder.js';
import { Netflow5Encoder } from './netflow/netflow5-encoder.js';
import { Netflow9Messages, type NetflowOptions } from './netflow/netflow9-messages.js';
import type { OutputRequest } from './output-request.js';
import type { FormatName } from './output-schemes.js';
import type { RecordEncoder } from './record-encoder.js';
import { RecordText } from './text/record-text.js';
import type { OctetSink } from './file/sink.js';
import { TextMessages } from './text/text-messages.js';
import { CSV, JSON_LINES } from './text/text-style.js';

/** What makes records of a format; which text names it stands in output-schemes.ts. */
export interface OutputFormat {
  /** The content of a file, or of standard output, after `recordsBefore` records in earlier files; null: there is no such form. */
  readonly file: ((request: OutputRequest, sink: OctetSink, recordsBefore: number) => RecordEncoder) | null;
  /** Messages for the network, of at most `maxOctets`; null: there is no such form. */
  readonly messages: ((request: OutputRequest, sink: MessageSink, maxOctets: number) => MessageEncoder) | null;
}

/** A format is one line here. */
export const OUTPUT_FORMATS: Readonly<Partial<Record<FormatName, OutputFormat>>> = {
  ipfix: { file: ipfixFile, messages: ipfixMessages },
  netflow9: {
    file: null,
    messages: (request, sink, octets) => new Netflow9Messages(...netflow(request, octets), sink),
  },
  netflow5: { file: null, messages: (request, sink, octets) => new Netflow5Encoder(...netflow(request, octets), sink) },
  json: {
    file: ({ table, isUniflow }, sink) => new RecordText(table, isUniflow, JSON_LINES, sink),
    messages: jsonMessages,
  },
  csv: { file: ({ table, isUniflow }, sink) => new RecordText(table, isUniflow, CSV, sink), messages: null },
};

/** The bit by which the id of another Observation Domain differs. */
const OTHER_DOMAIN = 0x8000_0000;

/** Table and options of both versions. */
function netflow(
  { table, observationDomain, defaults }: OutputRequest,
  maxMessageOctets: number,
): [readonly ExportField[], NetflowOptions] {
  const { clock, knowledge } = defaults.ipfix ?? {};
  const options = {
    observationDomainId: observationDomain,
    maxMessageOctets,
    ...(clock === undefined ? {} : { clock }),
    ...(knowledge === undefined ? {} : { knowledge }),
  };
  return [table, options];
}

function ipfixFile(request: OutputRequest, sink: OctetSink, recordsBefore: number): RecordEncoder {
  const { table, isUniflow: uniflow, observationDomain: observationDomainId, defaults } = request;
  return new IpfixFile(table, { ...defaults.ipfix, uniflow, observationDomainId, recordsBefore }, sink);
}

function ipfixMessages(
  { table, isUniflow, observationDomain, spec, defaults }: OutputRequest,
  sink: MessageSink,
  maxMessageOctets: number,
): MessageEncoder {
  // Collectors that listen to UDP take options records that they do not count for lost flows.
  const apart = spec.target.kind === 'udp' ? OTHER_DOMAIN : 0;
  const options = {
    ...defaults.ipfix,
    maxMessageOctets,
    uniflow: isUniflow,
    observationDomainId: observationDomain,
    optionsDomainId: spec.options.optionsDomain ?? (observationDomain ^ apart) >>> 0,
  };
  return new IpfixMessages(table, options, sink);
}

function jsonMessages(
  { table, isUniflow, spec, defaults }: OutputRequest,
  sink: MessageSink,
  maxMessageOctets: number,
): MessageEncoder {
  const datagrams = spec.target.kind === 'udp' ? 'syslog' : 'syslog-stream';
  const framing = spec.options.syslog === true ? datagrams : 'lines';
  const { clock = Date.now } = defaults.ipfix ?? {};
  return new TextMessages(table, JSON_LINES, { uniflow: isUniflow, framing, maxMessageOctets, clock }, sink);
}
