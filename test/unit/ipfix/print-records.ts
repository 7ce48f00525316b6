import { expect } from 'vitest';

import { InformationModel } from '../../../src/ipfix/information-model.js';
import { MessageReader } from '../../../src/ipfix/message-reader.js';
import { PrintSession, type PrintSettings } from '../../../src/ipfix/print/print-session.js';
import { FLOW6_FIELDS, FLOW_FIELDS, flowRecord, ip6, message, set, templateRecord } from './message-builder.js';

export const DEFAULTS: PrintSettings = { format: 'table', fields: null, sort: null, limit: null, options: false };

/** The test's flow templates: 256 with IPv4, 257 with IPv6 addresses. */
export const templates = set(2, templateRecord(256, FLOW_FIELDS), templateRecord(257, FLOW6_FIELDS));

export interface Printed {
  readonly text: string;
  readonly lines: string[];
  readonly leftOut: number;
}

export function print(settings: Partial<PrintSettings>, ...messages: Buffer[]): Printed {
  const problems: string[] = [];
  const session = new PrintSession({ ...DEFAULTS, ...settings }, new InformationModel(), (problem) =>
    problems.push(problem.message),
  );
  const reader = new MessageReader(session);
  for (const octets of messages) reader.push(octets);
  reader.end();
  let text = session.out.take().toString();
  for (const _piece of session.finish()) text += session.out.take().toString();
  expect(problems).toEqual([]);
  return { text, lines: text.split('\n').slice(0, -1), leftOut: session.leftOut };
}

/** Prints flows of the test's IPv4 template. */
export function printFlows(settings: Partial<PrintSettings>, ...records: Buffer[]): Printed {
  return print(settings, message([templates, set(256, ...records)]));
}

export const echo = { protocol: 1, sourcePort: 0, destinationPort: 2048, reversePackets: 0, reverseOctets: 0 } as const;
export const icmp = flowRecord({ ...echo, flags: [0, 0, 0, 0], endReason: 1 });
export const flow6 = flowRecord({
  source: ip6('2001:db8:0:0:0:0:0:1'),
  destination: ip6('2001:db8:1:2:3:4:5:6'),
  protocol: 17,
  endReason: 0x82,
});
