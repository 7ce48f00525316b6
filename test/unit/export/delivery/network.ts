import { expect } from 'vitest';

import { createNetworkOutput, type NetworkOptions } from '../../../../src/export/delivery/network-output.js';
import { flowFields } from '../../../../src/export/fields/flow-fields.js';
import { IpfixMessages, type IpfixMessagesOptions } from '../../../../src/export/ipfix/ipfix-messages.js';
import { isBalanced, type Output } from '../../../../src/export/output.js';
import { closedRecords, FLOW, type FlowDescription, REVERSE } from '../closed-records.js';
import { type ReadResult, readMessages } from '../../ipfix/read-messages.js';

export interface Opened {
  readonly output: Output;
  readonly told: string[];
}

/** An IPFIX output over the network. */
export function openOutput(
  options: Omit<NetworkOptions, 'tell' | 'mayWait'> & { mayWait?: boolean },
  ipfix: IpfixMessagesOptions = {},
): Opened {
  const told: string[] = [];
  const { transport, peers } = options;
  const name = `ipfix+${transport}://${peers.map(({ host, port }) => `${host}:${port}`).join('|')}`;
  const output = createNetworkOutput(
    name,
    (sink) => new IpfixMessages(flowFields({ time: 'ms' }), { maxMessageOctets: 1400, ...ipfix }, sink),
    { lingerMs: 2_000, mayWait: false, tell: (message) => told.push(message), ...options },
  );
  output.tick(0);
  return { output, told };
}

export function local(port: number): { host: string; port: number } {
  return { host: '127.0.0.1', port };
}

/** Flows numbered from `first` on: flowId is the number plus 1. Every third has IPv6 addresses or both directions. */
export function numbered(first: number, count: number): FlowDescription[] {
  return Array.from({ length: count }, (_, n) => {
    const number = first + n;
    const flow = { ...FLOW, firstNumber: number, sourcePort: number & 0xffff };
    if (number % 3 === 1) return { ...flow, reverse: REVERSE };
    return number % 30 === 2 ? { ...flow, version: 6, source: V6, destination: V6 } : flow;
  });
}

const V6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

export function writeFlows(output: Output, first: number, count: number): void {
  const block = 500;
  for (let n = 0; n < count; n += block) output.write(closedRecords(numbered(first + n, Math.min(block, count - n))));
}

/** Numbers of the flows in it, and that everything in it can be read, with right sequence numbers. */
export function flowNumbers(octets: Uint8Array): number[] {
  const result = readMessages(octets);
  expectSound(result);
  return numbersOf(result);
}

export function numbersOf({ records }: ReadResult): number[] {
  return records.filter(({ flowId }) => flowId !== undefined).map(({ flowId }) => Number(flowId) - 1);
}

export function expectSound({ problems, counters }: ReadResult): void {
  expect(problems).toEqual([]);
  expect(counters).toMatchObject({ sequenceGaps: 0, sequenceResets: 0, setsWithoutTemplate: 0, skippedOctets: 0 });
}

/** 0 to `count` - 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

export function expectBalanced(output: Output): void {
  const counts = output.counts();
  expect(isBalanced(counts), JSON.stringify(counts)).toBe(true);
}
