import { describe, expect, it } from 'vitest';

import { LONGEST_METADATA } from '../../../src/flow/closed-flows.js';
import type { Frame } from '../../support/decode.js';
import { inspectFrames, type InspectedFlow, type Message, tcpFrames, udpFrames } from '../../support/inspect.js';

interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly questions: readonly { readonly name: string }[];
}

interface LongFlow extends InspectedFlow {
  readonly dns?: { readonly messages: readonly DnsMessage[] };
  readonly http?: { readonly requests: readonly unknown[]; readonly responses: readonly unknown[] };
  readonly inspection?: { readonly omitted: number };
}

function query(n: number): Uint8Array {
  const label = Buffer.from(`host-${String(n).padStart(6, '0')}`);
  const name = [label.length, ...label, 7, ...Buffer.from('example'), 0];
  return Uint8Array.from([n >>> 8, n & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...name, 0, 1, 0, 1]);
}

function answer(n: number): Uint8Array {
  const asked = query(n);
  asked[2] = 0x81;
  asked[3] = 0x80;
  asked[7] = 1;
  return Uint8Array.from([...asked, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1]);
}

/** `count` queries and answers between the same two ports. */
function conversation(count: number): readonly Frame[] {
  const messages = Array.from({ length: count }, (_, n): Message[] => [
    ['client', query(n)],
    ['server', answer(n)],
  ]);
  return udpFrames(messages.flat(), { serverPort: 53 });
}

async function inspect(frames: readonly Frame[], memoryOctets?: number): Promise<LongFlow> {
  const flows = await inspectFrames(frames, memoryOctets === undefined ? {} : { memoryOctets });
  expect(flows).toHaveLength(1);
  return flows[0];
}

describe('a long conversation', () => {
  it('keeps every query and answer of a thousand', async () => {
    const { dns, inspection } = await inspect(conversation(1_000));
    expect(dns?.messages.map(({ id, response }) => [id, response])).toEqual(
      Array.from({ length: 1_000 }, (_, n) => [
        [n, false],
        [n, true],
      ]).flat(),
    );
    expect(inspection).toBeUndefined();
  });

  it('says in its record how much had no room', async () => {
    const count = 4_000;
    const { dns, inspection } = await inspect(conversation(count));
    const kept = dns?.messages.length ?? 0;
    expect(kept).toBeGreaterThan(2_000);
    // The last message that had room may lack a part, which counts as one.
    expect(kept + (inspection?.omitted ?? 0)).toBeGreaterThanOrEqual(2 * count);
    expect(kept + (inspection?.omitted ?? 0)).toBeLessThanOrEqual(2 * count + 3);
  });

  it('has less room when memory is short, and says so', async () => {
    const count = 1_000;
    const { dns, inspection } = await inspect(conversation(count), LONGEST_METADATA);
    const kept = dns?.messages.length ?? 0;
    expect(kept).toBeGreaterThan(200);
    expect(kept).toBeLessThan(2 * count);
    expect(kept + (inspection?.omitted ?? 0)).toBeGreaterThanOrEqual(2 * count);
  });

  it('keeps all transactions of a connection of HTTP', async () => {
    const messages = Array.from({ length: 300 }, (_, n): Message[] => [
      ['client', `GET /${n} HTTP/1.1\r\nHost: example.org\r\n\r\n`],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ]);
    const { http, inspection } = await inspect(tcpFrames(messages.flat(), { serverPort: 80 }));
    expect(http?.requests).toHaveLength(300);
    expect(http?.responses).toHaveLength(300);
    expect(inspection).toBeUndefined();
  });
});
