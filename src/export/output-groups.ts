import type { ClosedFlows } from '../flow/closed-flows.js';
import { W } from '../flow/flow-record.js';
import { appendRow, ClosedSelection } from './filter/closed-selection.js';
import type { OutputError } from './output-error.js';
import { addCounts, NO_COUNTS, type Output, type OutputCounts } from './output.js';
import type { ExportStatistics } from './options/statistics-record.js';

/** Records go to the first member that is up: to the next one while it is down, and back when it has returned. */
export function failover(name: string, members: readonly Output[]): Output {
  return new OutputGroup(name, members, (closed) => firstUp(members).write(closed));
}

/** Records go to the members by a hash of the flow's addresses, ports and protocol; those of a member that is down to the next. */
export function balanced(name: string, members: readonly Output[]): Output {
  const selections = members.map(() => new ClosedSelection());
  return new OutputGroup(name, members, (closed) => {
    const shares = selections.map((selection) => selection.begin(closed));
    for (let row = 0; row < closed.count; row++) {
      appendRow(shares[memberOf(closed.words, row * closed.stride, members.length)], closed, row);
    }
    shares.forEach((share, n) => {
      if (share.count > 0) firstUp(members, n).write(share);
    });
  });
}

/**
 * The first member that is up, or may be when its first attempt is over, counted from `from` on round the list; when none is, the
 * first that still takes records.
 */
function firstUp(members: readonly Output[], from = 0): Output {
  const order = [...members.slice(from), ...members.slice(0, from)];
  return (
    order.find(({ isUp, isUntried = false }) => isUp || isUntried) ??
    order.find(({ error }) => error === null) ??
    order[0]
  );
}

/** The same member for both directions of a flow and for each of its records. */
function memberOf(words: Int32Array, row: number, members: number): number {
  let sum = words[row + W.Protocol] & 0xff;
  for (let n = 0; n < 4; n++) sum += words[row + W.SourceAddress + n] ^ words[row + W.DestinationAddress + n];
  const ports = words[row + W.Ports];
  sum += (ports >>> 16) ^ (ports & 0xffff);
  return (Math.imul(sum, 0x9e37_79b1) >>> 16) % members;
}

class OutputGroup implements Output {
  constructor(
    readonly name: string,
    private readonly members: readonly Output[],
    readonly write: (closed: ClosedFlows) => void,
  ) {}

  get isUp(): boolean {
    return this.members.some(({ isUp }) => isUp);
  }

  get error(): OutputError | null {
    return this.members.every(({ error }) => error !== null) ? this.members[0].error : null;
  }

  get fault(): OutputError | null {
    return this.members.find(({ fault }) => fault !== null)?.fault ?? null;
  }

  get isFull(): boolean {
    return this.members.some(({ isFull }) => isFull);
  }

  async drain(): Promise<void> {
    for (const member of this.members) if (member.isFull) await member.drain();
  }

  tick(nowMs: number): void {
    for (const member of this.members) member.tick(nowMs);
  }

  /** Done by the members that do it; not there when none does. */
  get rotate(): (() => void) | undefined {
    const able = this.members.filter((member) => member.rotate !== undefined);
    return able.length === 0 ? undefined : () => able.forEach((member) => member.rotate?.());
  }

  get announce(): (() => void) | undefined {
    const able = this.members.filter((member) => member.announce !== undefined);
    return able.length === 0 ? undefined : () => able.forEach((member) => member.announce?.());
  }

  counts(): OutputCounts {
    return this.members.map((member) => member.counts()).reduce(addCounts, NO_COUNTS);
  }

  statistics(statistics: ExportStatistics): void {
    for (const member of this.members) member.statistics(statistics);
  }

  async finish(statistics: ExportStatistics, giveUp?: AbortSignal): Promise<void> {
    await Promise.all(this.members.map((member) => member.finish(statistics, giveUp)));
  }
}
