import { describe, expect, it } from 'vitest';

import { flowFields } from '../../../../src/export/fields/flow-fields.js';
import { MessageKind, type MessageSink } from '../../../../src/export/message-encoder.js';
import { OUTPUT_FORMATS } from '../../../../src/export/output-formats.js';
import { outputRequest } from '../../../../src/export/output-request.js';
import { parseOutput } from '../../../../src/export/output-spec.js';
import { syslogHeader } from '../../../../src/export/text/syslog-header.js';
import { TextMessages, type TextMessagesOptions } from '../../../../src/export/text/text-messages.js';
import { JSON_LINES } from '../../../../src/export/text/text-style.js';
import { closedRecords, FLOW, type FlowDescription, REVERSE } from '../closed-records.js';

const SENDER = { host: 'probe.example', processId: 42 };
const CLOCK = (): number => Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const HEADER = '<134>1 2026-01-02T03:04:05.678Z probe.example weir 42 flow - ';

const FLOWS = Array.from({ length: 900 }, (_, n): FlowDescription => ({
  ...FLOW,
  firstNumber: n,
  reverse: n % 2 === 0 ? REVERSE : null,
}));

interface Message {
  readonly text: string;
  readonly records: number;
  readonly kind: MessageKind;
}

function send(flows: readonly FlowDescription[], options: TextMessagesOptions = {}): Message[] {
  const messages: Message[] = [];
  const encoder = new TextMessages(
    flowFields(),
    JSON_LINES,
    { clock: CLOCK, sender: SENDER, ...options },
    (octets, from, to, records, kind) => {
      messages.push({ text: Buffer.from(octets.subarray(from, to)).toString(), records, kind });
      octets.fill(0x58, from, to);
    },
  );
  encoder.announce();
  for (let n = 0; n < flows.length; n += 200) encoder.write(closedRecords(flows.slice(n, n + 200)));
  encoder.flush();
  encoder.flush();
  expect(encoder.records).toBe(flows.length);
  expect(messages.reduce((sum, { records }) => sum + records, 0)).toBe(flows.length);
  for (const { kind } of messages) expect(kind).toBe(MessageKind.Data);
  return messages;
}

const numbersOf = (lines: readonly string[]): number[] =>
  lines.map((line) => (JSON.parse(line) as { flowId: number }).flowId);
const NUMBERS = FLOWS.map(({ firstNumber }) => firstNumber + 1);

describe('JSON lines as messages', () => {
  it.each([700, 1400, 8000, 65_535])('are whole lines, as many as fit %i octets', (maxMessageOctets) => {
    const messages = send(FLOWS, { maxMessageOctets });
    const lines = messages.flatMap(({ text, records }) => {
      expect(text.endsWith('\n')).toBe(true);
      expect(text.length <= maxMessageOctets || records === 1).toBe(true);
      const all = text.split('\n').slice(0, -1);
      expect(all.length).toBe(records);
      return all;
    });
    expect(numbersOf(lines)).toEqual(NUMBERS);
  });

  it('that are longer than a message may be are sent one by one', () => {
    const messages = send(FLOWS, { maxMessageOctets: 100 });
    expect(messages.length).toBe(FLOWS.length);
  });

  it('are none when there is nothing to tell', () => {
    expect(send([])).toEqual([]);
  });
});

describe('an output of JSON to the network', () => {
  it.each([
    ['json+udp://127.0.0.1:5140', /^\{"flowStart.*\}\n$/],
    ['json+udp://127.0.0.1:5140?syslog&profile=eve', /^<134>1 .* weir \d+ flow - \{"timestamp.*\}$/],
    ['json+tcp://127.0.0.1:5140?syslog', /^\d+ <134>1 .* weir \d+ flow - \{"flowStart.*\}$/],
  ])('%s', (text, expected) => {
    const request = outputRequest(parseOutput(text).members[0], {});
    const messages: string[] = [];
    const take: MessageSink = (octets, from, to) =>
      void messages.push(Buffer.from(octets.subarray(from, to)).toString());
    const encoder = OUTPUT_FORMATS.json!.messages!(request, take, 1400);
    encoder.write(closedRecords([FLOW]));
    encoder.flush();
    expect(messages).toEqual([expect.stringMatching(expected)]);
  });
});

describe('syslog', () => {
  it('has a header in front of each line, which has no line feed, one line a datagram', () => {
    const messages = send(FLOWS, { framing: 'syslog', maxMessageOctets: 1400 });
    expect(messages.length).toBe(FLOWS.length);
    const lines = messages.map(({ text, records }) => {
      expect(records).toBe(1);
      expect(text.slice(0, HEADER.length)).toBe(HEADER);
      expect(text).not.toContain('\n');
      return text.slice(HEADER.length);
    });
    expect(numbersOf(lines)).toEqual(NUMBERS);
  });

  it('counts the octets of each message on a stream', () => {
    const messages = send(FLOWS, { framing: 'syslog-stream', maxMessageOctets: 4000 });
    for (const { text, records } of messages) expect(text.length <= 4000 || records === 1).toBe(true);
    expect(messages.length).toBeLessThan(FLOWS.length / 2);
    const lines: string[] = [];
    const stream = messages.map(({ text }) => text).join('');
    for (let at = 0; at < stream.length;) {
      const space = stream.indexOf(' ', at);
      const length = Number(stream.slice(at, space));
      const message = stream.slice(space + 1, space + 1 + length);
      expect(message.startsWith(HEADER)).toBe(true);
      lines.push(message.slice(HEADER.length));
      at = space + 1 + length;
    }
    expect(numbersOf(lines)).toEqual(NUMBERS);
  });

  it('names a host that has no name it may have -', () => {
    expect(syslogHeader(0, { host: ' ü ', processId: 1 })).toBe('<134>1 1970-01-01T00:00:00.000Z - weir 1 flow - ');
  });
});
