import { describe, expect, it, onTestFinished } from 'vitest';

import { balanced, failover } from '../../../../src/export/output-groups.js';
import type { Output } from '../../../../src/export/output.js';
import { temporaryFolder } from '../../../support/run-weir.js';
import { StreamSink, until } from '../../../support/stream-sink.js';
import { readMessages } from '../../ipfix/read-messages.js';
import { STATISTICS } from '../statistics.js';
import { expectBalanced, local, numbersOf, openOutput, range, writeFlows } from './network.js';

/** Lists of outputs whose members have queues of their own, with collectors that come and go. */

const FLOWS = 3_000;

async function startSink(): Promise<StreamSink> {
  const sink = await StreamSink.start();
  onTestFinished(() => sink.kill());
  return sink;
}

function tcp(sink: StreamSink, spoolFolder?: string): Output {
  const { output } = openOutput({ transport: 'tcp', peers: [local(sink.port)], lingerMs: 1_000, spoolFolder });
  return output;
}

/** Numbers of all flows at a collector, sorted, each once. */
function flowsAt(sink: StreamSink): number[] {
  const numbers = sink.sessions.flatMap((octets) => numbersOf(readMessages(octets)));
  return [...new Set(numbers)].sort((a, b) => a - b);
}

describe('failover', () => {
  it('begins with the first, though it takes a moment to connect', async () => {
    const [first, second] = [await startSink(), await startSink()];
    const other = tcp(second);
    await until(() => other.isUp, 'the second');
    const output = failover('a|b', [tcp(first), other]);
    writeFlows(output, 0, FLOWS);
    await output.finish(STATISTICS);
    expect([flowsAt(first).length, flowsAt(second).length]).toEqual([FLOWS, 0]);
  });

  it('goes to the next while the first is down, and back; what waits for the first stays there', async () => {
    const [first, second] = [await startSink(), await startSink()];
    const members = [tcp(first), tcp(second)];
    const output = failover('a|b', members);
    await until(() => members.every(({ isUp }) => isUp), 'both');
    writeFlows(output, 0, FLOWS);
    await until(() => members[0].counts().exported > 0, 'records at the first');
    await first.kill();
    await until(() => !members[0].isUp, 'the loss to be seen');
    writeFlows(output, FLOWS, FLOWS);
    expectBalanced(output);
    await first.start();
    await until(() => members[0].isUp, 'the first again');
    writeFlows(output, 2 * FLOWS, FLOWS);
    await output.finish(STATISTICS);
    expect(flowsAt(second)).toEqual(range(FLOWS).map((n) => n + FLOWS));
    expect(flowsAt(first)).toEqual([...range(FLOWS), ...range(FLOWS).map((n) => n + 2 * FLOWS)]);
    expect(output.counts()).toMatchObject({ offered: 3 * FLOWS, exported: 3 * FLOWS, notSent: { failed: 0 } });
    expectBalanced(output);
    expect(output.error).toBeNull();
  });
});

describe('load balancing with a member that is dead', () => {
  /** A pair, the first of which has failed with its first share waiting. */
  async function withDeadFirst(
    spoolFolder?: string,
  ): Promise<{ output: Output; sinks: StreamSink[]; waiting: number }> {
    const sinks = [await startSink(), await startSink()];
    await sinks[0].kill();
    const members = [tcp(sinks[0], spoolFolder), tcp(sinks[1])];
    const output = balanced('balance:a|b', members);
    writeFlows(output, 0, FLOWS);
    const waiting = members[0].counts().offered;
    expect(waiting).toBeGreaterThan(FLOWS / 4);
    expect(waiting).toBeLessThan((3 * FLOWS) / 4);
    await until(() => members[0].counts().errors > 0 && members[1].isUp, 'the fault');
    writeFlows(output, FLOWS, FLOWS);
    expect(members[0].counts().offered).toBe(waiting);
    expectBalanced(output);
    return { output, sinks, waiting };
  }

  it('gives its share to the others from then on, and counts what waited for it', async () => {
    const { output, sinks, waiting } = await withDeadFirst();
    await output.finish(STATISTICS);
    expect(flowsAt(sinks[1])).toHaveLength(2 * FLOWS - waiting);
    expect(output.counts()).toMatchObject({
      offered: 2 * FLOWS,
      exported: 2 * FLOWS - waiting,
      notSent: { failed: waiting },
    });
    expect(output.fault?.message).toContain(`${waiting} records were not sent`);
    expectBalanced(output);
  });

  it('keeps what waited for it in the spool of that member', async () => {
    const { output, waiting } = await withDeadFirst(temporaryFolder());
    await output.finish(STATISTICS);
    expect(output.counts()).toMatchObject({ exported: 2 * FLOWS - waiting, spooledRecords: waiting });
    expectBalanced(output);
  });

  it('sends that when the member is back, and gives it its share again', async () => {
    const { output, sinks, waiting } = await withDeadFirst();
    await sinks[0].start();
    await until(() => flowsAt(sinks[0]).length === waiting, 'what has waited');
    writeFlows(output, 2 * FLOWS, FLOWS);
    await output.finish(STATISTICS);
    expect(flowsAt(sinks[0]).length).toBeGreaterThan(waiting + FLOWS / 4);
    const all = [...flowsAt(sinks[0]), ...flowsAt(sinks[1])].sort((a, b) => a - b);
    expect(all).toEqual(range(3 * FLOWS));
    expectBalanced(output);
    expect(output.fault).toBeNull();
  });
});
