import { describe, expect, it } from 'vitest';

import type { ClosedFlows } from '../../../src/flow/closed-flows.js';
import { W } from '../../../src/flow/flow-record.js';
import { OutputError } from '../../../src/export/output-error.js';
import { balanced, failover } from '../../../src/export/output-groups.js';
import { NO_COUNTS, type Output } from '../../../src/export/output.js';
import { closedRecords, FLOW } from './closed-records.js';

/** An output that notes source ports, and is up when the test says so. */
class Noting implements Output {
  readonly name = 'noting';
  isUp = true;
  error: OutputError | null = null;
  fault: OutputError | null = null;
  readonly isFull = false;
  readonly ports: number[] = [];
  ticks = 0;

  write({ words, stride, count }: ClosedFlows): void {
    for (let row = 0; row < count; row++) this.ports.push(words[row * stride + W.Ports] >>> 16);
  }
  drain(): Promise<void> {
    return Promise.resolve();
  }
  tick(): void {
    this.ticks++;
  }
  counts(): typeof NO_COUNTS {
    return {
      ...NO_COUNTS,
      offered: this.ports.length,
      exported: this.ports.length,
      notSent: { ...NO_COUNTS.notSent, failed: 1 },
    };
  }
  statistics(): void {
    this.ticks++;
  }
  finish(): Promise<void> {
    this.isUp = false;
    return Promise.resolve();
  }
}

const flow = (sourcePort: number): ClosedFlows => closedRecords([{ ...FLOW, sourcePort }]);

describe('failover', () => {
  it('gives records to the next while the first is down, and back', () => {
    const [first, second, third] = [new Noting(), new Noting(), new Noting()];
    const output = failover('a|b|c', [first, second, third]);
    output.write(flow(1));
    first.isUp = false;
    output.write(flow(2));
    second.isUp = false;
    output.write(flow(3));
    first.isUp = true;
    output.write(flow(4));
    expect([first.ports, second.ports, third.ports]).toEqual([[1, 4], [2], [3]]);
    expect(output.counts()).toMatchObject({ offered: 4, exported: 4, notSent: { failed: 3, queueFull: 0 } });
  });

  it('when none is up prefers one that still takes records', () => {
    const [first, second] = [new Noting(), new Noting()];
    const output = failover('a|b', [first, second]);
    first.isUp = second.isUp = false;
    first.error = first.fault = new OutputError('a', null, 'gone');
    output.write(flow(1));
    expect([first.ports, second.ports]).toEqual([[], [1]]);
    expect(output).toMatchObject({ isUp: false, error: null, fault: first.fault });
    second.error = new OutputError('b', null, 'gone too');
    output.write(flow(2));
    expect(output.error).toBe(first.error);
    expect(first.ports).toEqual([2]);
  });
});

describe('load balancing', () => {
  const PORTS = Array.from({ length: 400 }, (_, n) => 1_000 + n);
  const flows = closedRecords(PORTS.map((sourcePort) => ({ ...FLOW, sourcePort })));

  it('gives each flow to one member, in order, about as many to each', () => {
    const members = [new Noting(), new Noting(), new Noting()];
    balanced('balance', members).write(flows);
    expect(members.flatMap(({ ports }) => ports).sort((a, b) => a - b)).toEqual(PORTS);
    for (const { ports } of members) {
      expect(ports.length).toBeGreaterThan(80);
      expect(ports).toEqual([...ports].sort((a, b) => a - b));
    }
  });

  it('gives both directions of a flow to the same member', () => {
    const members = [new Noting(), new Noting()];
    const output = balanced('balance', members);
    const { source, destination, sourcePort, destinationPort } = FLOW;
    const turned = {
      ...FLOW,
      source: destination,
      destination: source,
      sourcePort: destinationPort,
      destinationPort: sourcePort,
    };
    output.write(closedRecords([FLOW, turned, FLOW]));
    expect(members.map(({ ports }) => ports.length).sort()).toEqual([0, 3]);
  });

  it('gives the share of a member that is down to the next', () => {
    const members = [new Noting(), new Noting()];
    members[1].isUp = false;
    balanced('balance', members).write(flows);
    expect(members.map(({ ports }) => ports.length)).toEqual([400, 0]);
  });

  it('passes on ticks, statistics and the end', async () => {
    const members = [new Noting(), new Noting()];
    const output = balanced('balance', members);
    output.tick(1);
    output.statistics({} as never);
    await output.finish({} as never);
    expect(members.map(({ ticks, isUp }) => [ticks, isUp])).toEqual([
      [2, false],
      [2, false],
    ]);
  });
});
